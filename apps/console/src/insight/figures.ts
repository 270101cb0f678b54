const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
/** Keeps a figure and its unit on one line. */
const NBSP = '\u00A0';

/** What stands where nothing was measured. */
export const NOTHING = '–';

/** `12,480` */
export const count = (value: number) => WHOLE.format(value);

/** `1.2M`, for axes and counts of tokens. */
export const compact = (value: number) => COMPACT.format(value);

/** `1 conversation`, `12 conversations` */
export const counted = (value: number, one: string, many = `${one}s`) =>
  `${count(value)}${NBSP}${value === 1 ? one : many}`;

/** `61 %` of a share from 0 to 1. Never 0 % of something, nor 100 % of less than all. */
export function percent(share: number | null): string {
  if (share === null) return NOTHING;
  const value = share * 100;
  const digits = (value > 0 && value < 1) || (value > 99 && value < 100) ? 1 : 0;
  const shown = Math.min(value === 100 ? 100 : 99.9, Math.max(value === 0 ? 0 : 0.1, Number(value.toFixed(digits))));
  return `${shown.toFixed(digits)}${NBSP}%`;
}

const UNITS = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const;

/** A duration in its two largest units: `3 d 4 h`, `12 min 5 s`, `0.4 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms === 0) return `0${NBSP}s`;
  if (ms < 1_000) return `${Math.max(0.1, Math.floor(ms / 100) / 10).toFixed(1)}${NBSP}s`;
  const index = UNITS.findIndex((unit) => ms >= unit.ms);
  const [large, small] = UNITS.slice(index, index + 2);
  if (large === undefined) return `0${NBSP}s`;
  if (small === undefined) return `${Math.floor(ms / large.ms)}${NBSP}${large.name}`;
  const rest = Math.floor((ms % large.ms) / small.ms);
  const first = `${Math.floor(ms / large.ms)}${NBSP}${large.name}`;
  return rest === 0 ? first : `${first} ${rest}${NBSP}${small.name}`;
}

/** Cents as dollars: whole dollars where there are no cents. */
export function money(cents: number | null): string {
  if (cents === null) return NOTHING;
  const digits = cents % 100 === 0 ? 0 : 2;
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(cents / 100);
}

/** Millionths of a dollar; what models cost is often less than a cent, and then shows its first two digits. */
export function cost(micros: number): string {
  const dollars = micros / 1_000_000;
  const format: Intl.NumberFormatOptions = { style: 'currency', currency: 'USD' };
  if (micros === 0) return new Intl.NumberFormat('en', { ...format, maximumFractionDigits: 0 }).format(0);
  if (dollars >= 0.01) return new Intl.NumberFormat('en', format).format(dollars);
  return new Intl.NumberFormat('en', { ...format, maximumSignificantDigits: 2 }).format(dollars);
}
