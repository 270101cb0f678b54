import type { RefObject } from 'react';
import { useActions } from './actions.tsx';
import { keyMap } from './key-map.ts';

/** What marks an element as the one that `j` and `k` go to in its row. */
export const rowTargetProps = { 'data-row': '' } as const;

const TARGET = '[data-row]';

/** The row's element that is `step` rows away from where the focus is; the first one where it is in none. */
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

/** Moves the focus through the rows of a list by `j` and `k`; Enter follows the link that has it. */
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
