const wholeFormat = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
});
const centsFormat = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const tinyFormat = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 4,
});
const compactFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** Cents as dollars, without `.00`. */
export function formatMoney(cents: number): string {
  return (cents % 100 === 0 ? wholeFormat : centsFormat).format(cents / 100);
}

/** Micro-dollars as dollars; four decimals below ten cents. */
export function formatCost(micros: number): string {
  return (micros !== 0 && micros < 100_000 ? tinyFormat : centsFormat).format(micros / 1_000_000);
}

/** `1.2K` */
export function formatCompact(count: number): string {
  return compactFormat.format(count);
}

/** Cents of a typed amount (`1,250.50`); null where it is not one. */
export function parseMoney(text: string): number | null {
  const plain = text.trim().replace(/^\$/, '').replaceAll(',', '');
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) return null;
  return Math.round(Number(plain) * 100);
}
