/** Can be triggered by its keys or from the palette. */
export type Action = {
  label: string;
  /** `t`, the sequence `g i`, or the chord `mod+k`. */
  keys?: string;
  /** The palette lists it under this heading, or not at all. */
  group?: string;
  /** Why it cannot be done now. */
  blockedReason?: string;
  run: () => void;
};

type KeyPress = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** The longest pause within a key sequence, in milliseconds. */
const PAIR_MS = 1_000;

function isModified(press: KeyPress): boolean {
  return press.metaKey || press.ctrlKey || press.altKey;
}

function matches(keys: string, press: KeyPress): boolean {
  if (!keys.startsWith('mod+')) return !isModified(press) && press.key === keys;
  return (
    (press.metaKey || press.ctrlKey) &&
    !press.altKey &&
    press.key.toLowerCase() === keys.slice(4).toLowerCase()
  );
}

type Registration = { owner: symbol; actions: readonly Action[] };

/** What the palette shows of the actions. */
function appearanceOf(actions: readonly Action[]): string {
  return JSON.stringify(
    actions.map(({ label, keys, group, blockedReason }) => [label, keys, group, blockedReason]),
  );
}

/** The latest registration wins a key, as a dialog over its page. */
export class ActionStore {
  readonly #listeners = new Set<() => void>();
  #registrations: readonly Registration[] = [];
  #actions: readonly Action[] | null = null;
  #firstKey: { key: string; at: number } | null = null;

  /** Replaces an owner's actions; notifies only if they look different. */
  register(owner: symbol, actions: readonly Action[]): void {
    const known = this.#registrations.find((each) => each.owner === owner);
    if (known === undefined) {
      this.#registrations = [...this.#registrations, { owner, actions }];
      this.#notify();
      return;
    }
    const hasAppearanceChanged = appearanceOf(known.actions) !== appearanceOf(actions);
    known.actions = actions;
    if (hasAppearanceChanged) this.#notify();
  }

  remove(owner: symbol): void {
    this.#registrations = this.#registrations.filter((each) => each.owner !== owner);
    this.#notify();
  }

  /** The latest registered first; a stable array until something looks different. */
  get actions(): readonly Action[] {
    this.#actions ??= this.#registrations.toReversed().flatMap((registration) =>
      registration.actions.map((action, index) => ({
        ...action,
        run: () => registration.actions[index]?.run(),
      })),
    );
    return this.#actions;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * The action of a key press, or null; remembers the first key of a sequence.
   * @param at time of the press, in milliseconds
   */
  handleKey(press: KeyPress, at: number): Action | null {
    const firstKey = this.#firstKey !== null && at - this.#firstKey.at <= PAIR_MS ? this.#firstKey.key : null;
    this.#firstKey = null;
    if (firstKey !== null && !isModified(press)) {
      const paired = this.actions.find(({ keys }) => keys === `${firstKey} ${press.key}`);
      if (paired !== undefined) return paired;
    }
    const single = this.actions.find(
      ({ keys }) => keys !== undefined && !keys.includes(' ') && matches(keys, press),
    );
    if (single !== undefined) return single;
    const begins = !isModified(press) && this.actions.some(({ keys }) => keys?.startsWith(`${press.key} `));
    if (begins) this.#firstKey = { key: press.key, at };
    return null;
  }

  #notify(): void {
    this.#actions = null;
    for (const listener of this.#listeners) listener();
  }
}
