/** Fills that differ without colour. */
export type Fill = 'solid' | 'hatched' | 'outlined';

/** Stacked parts, then the label. */
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
  onOpen?: (id: string) => void;
};

/** A chart with the sentence that it shows. */
export type LabelledChartProps = ChartProps & { label: string };

/** A bar as Recharts takes it, with one number a part. */
export type ChartRow = { id: string; name: string; label: string; fills: readonly Fill[]; values: number[] };

/** Pads every row to the same number of parts, so that they stack. */
export function chartRows(bars: readonly Bar[]): { rows: ChartRow[]; parts: number } {
  const parts = Math.max(0, ...bars.map((bar) => bar.parts.length));
  const rows = bars.map(({ id, name, label, parts: own }) => ({
    id,
    name,
    // Keeps a label on one line.
    label: label.replaceAll(' ', '\u00A0'),
    fills: Array.from({ length: parts }, (_, index) => own[index]?.fill ?? ('solid' as const)),
    values: Array.from({ length: parts }, (_, index) => own[index]?.value ?? 0),
  }));
  return { rows, parts };
}
