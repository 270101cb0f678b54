/** How a part of a bar is filled: told apart without colour too. */
export type Fill = 'solid' | 'hatched' | 'outlined';

/** One bar: its parts one after the other, and its label behind them. */
export type Bar = {
  id: string;
  name: string;
  parts: readonly { value: number; fill: Fill }[];
  label: string;
};

export type ChartProps = {
  bars: readonly Bar[];
  /** Rows run to the right, columns upwards. */
  orientation: 'rows' | 'columns';
  /** Opens what is behind a bar. */
  onOpen?: (id: string) => void;
};

/** The row that the chart draws for a bar, with one number a part. */
export type ChartRow = { id: string; name: string; label: string; fills: readonly Fill[]; values: number[] };

/** Every row gets as many parts as the longest has, so that they can be stacked. */
export function chartRows(bars: readonly Bar[]): { rows: ChartRow[]; parts: number } {
  const parts = Math.max(0, ...bars.map((bar) => bar.parts.length));
  const rows = bars.map(({ id, name, label, parts: own }) => ({
    id,
    name,
    // A label stays on one line, whatever room the chart gives it.
    label: label.replaceAll(' ', '\u00A0'),
    fills: Array.from({ length: parts }, (_, index) => own[index]?.fill ?? ('solid' as const)),
    values: Array.from({ length: parts }, (_, index) => own[index]?.value ?? 0),
  }));
  return { rows, parts };
}
