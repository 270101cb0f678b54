import type { RefObject } from 'react';
import { useActions } from './actions.tsx';
import { keyMap } from './key-map.ts';

/** Marks the element of a row that `j` and `k` focus. */
export const rowTargetProps = { 'data-row': '' } as const;

/** An inert row takes no focus. */
const TARGET = '[data-row]:not([inert] *)';

/** The target `step` rows away; the first or last one where no row has the focus. */
export function neighbouringRow(
  container: HTMLElement,
  focused: Element | null,
  step: 1 | -1,
): HTMLElement | null {
  const rows = [...container.querySelectorAll<HTMLElement>(TARGET)];
  const inRow = focused?.closest('li, tr')?.querySelector(TARGET) ?? null;
  const at = rows.findIndex((row) => row === inRow);
  if (at === -1) return (step === 1 ? rows[0] : rows.at(-1)) ?? null;
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))] ?? null;
}

/** Moves the focus through the rows by `j` and `k`. */
export function useRowKeys(container: RefObject<HTMLElement | null>): void {
  function move(step: 1 | -1): void {
    if (container.current === null) return;
    const next = neighbouringRow(container.current, document.activeElement, step);
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }
  useActions([
    { ...keyMap.down, run: () => move(1) },
    { ...keyMap.up, run: () => move(-1) },
  ]);
}
