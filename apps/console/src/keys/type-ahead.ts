/** How long a field may take to appear, in milliseconds. */
const LONGEST_MS = 10_000;

/** Keeps what is typed while a palette, a dialog or a page opens, and gives it to the field that gets the focus. */
export class TypeAhead {
  #until = 0;
  #text = '';

  /** From now on letters are text and no shortcuts, until a field or a dialog has the focus. */
  begin(now: number = performance.now()): void {
    // There letters are text already.
    if (document.activeElement?.closest('[role="dialog"]') != null) return;
    this.#until = now + LONGEST_MS;
    this.#text = '';
  }

  /** Lets go of what was typed. */
  end(): void {
    this.#until = 0;
    this.#text = '';
  }

  /** Whether the key was taken: it does nothing else then. */
  takeKey(event: KeyboardEvent, now: number = performance.now()): boolean {
    if (now >= this.#until || event.metaKey || event.ctrlKey || event.altKey) return false;
    const { key } = event;
    if (key === 'Escape') this.end();
    else if (key === 'Backspace') this.#text = this.#text.slice(0, -1);
    else if (key.length === 1) this.#text += key;
    else if (key !== 'Enter') return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Hands the text over where the focus is in a field; a dialog without one drops it. */
  onFocus(target: EventTarget | null): void {
    if (this.#until === 0 || !(target instanceof HTMLElement)) return;
    const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    if (!isField && target.closest('[role="dialog"]') === null) return;
    const text = this.#text;
    this.end();
    if (isField && text !== '') insertText(target, text);
  }
}

/** As if it had been typed at the end: through the prototype's setter, past the one that React watches. */
function insertText(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const { prototype } = field instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, field.value + text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

export const typeAhead = new TypeAhead();
