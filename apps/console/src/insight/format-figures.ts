import { formatDuration } from '../format/time.ts';

/** Non-breaking space between a number and its unit. */
const NBSP = '\u00A0';

/** Shown where nothing was measured. */
export const NO_VALUE = '–';

/** `61 %` of a share from 0 to 1; only 0 and 1 are shown as 0 % and 100 %. */
export function formatPercent(share: number | null): string {
  if (share === null) return NO_VALUE;
  const value = share * 100;
  const digits = (value > 0 && value < 1) || (value > 99 && value < 100) ? 1 : 0;
  const shown =
    value > 0 && value < 100 ? Math.min(99.9, Math.max(0.1, Number(value.toFixed(digits)))) : value;
  return `${shown.toFixed(digits)}${NBSP}%`;
}

/** A figure by its format, or a dash where nothing was measured. */
export function formatOrDash(value: number | null, format: (value: number) => string): string {
  return value === null ? NO_VALUE : format(value);
}

/** The length of a stay in a stage, in milliseconds. */
export function formatStay(ms: number): string {
  return ms < 1_000 ? 'under 1 s' : formatDuration(ms);
}
