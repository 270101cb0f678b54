import type { Evidence } from '@baton/schema';
import { useEffect, useState } from 'react';

/** A selection within one message, as evidence and as a range on the page. */
export type TextSelection = { evidence: Required<Evidence>; text: string; range: Range };

const messageOf = (node: Node): HTMLElement | null =>
  (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('[data-message-seq]') ?? null;

/** Null where the range is empty or not within one message. */
export function selectionIn(range: Range): TextSelection | null {
  const message = messageOf(range.startContainer);
  if (message === null || messageOf(range.endContainer) !== message) return null;
  const text = range.toString();
  if (text.trim() === '') return null;
  const before = document.createRange();
  before.selectNodeContents(message);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length + text.length - text.trimStart().length;
  const trimmed = text.trim();
  return {
    evidence: { seq: Number(message.dataset['messageSeq']), start, end: start + trimmed.length },
    text: trimmed,
    range,
  };
}

export function currentTextSelection(): TextSelection | null {
  const selection = getSelection();
  return selection === null || selection.rangeCount === 0 ? null : selectionIn(selection.getRangeAt(0));
}

/** The current selection; null while the pointer is still selecting. */
export function useTextSelection(): TextSelection | null {
  const [selected, setSelected] = useState<TextSelection | null>(null);
  useEffect(() => {
    let isPressed = false;
    const update = () => setSelected(isPressed ? null : currentTextSelection());
    function press({ target }: PointerEvent): void {
      // Pressing the toolbar keeps the selection.
      isPressed = !(target instanceof Element && target.closest('[role="toolbar"]') !== null);
    }
    function release(): void {
      isPressed = false;
      update();
    }
    document.addEventListener('selectionchange', update);
    document.addEventListener('pointerdown', press);
    document.addEventListener('pointerup', release);
    document.addEventListener('pointercancel', release);
    return () => {
      document.removeEventListener('selectionchange', update);
      document.removeEventListener('pointerdown', press);
      document.removeEventListener('pointerup', release);
      document.removeEventListener('pointercancel', release);
    };
  }, []);
  return selected;
}
