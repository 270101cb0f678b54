export const MEASURES = ['lines', 'branches', 'functions', 'statements'] as const;
export type Measure = (typeof MEASURES)[number];

/** The part of the `json-summary` report that is shown. */
export type Totals = Record<Measure, { total: number; covered: number; pct: number }>;

/** Percentages. */
export type Thresholds = Partial<Record<Measure, number>>;

export interface Coverage {
  name: string;
  /** Undefined where no report was written. */
  totals: Totals | undefined;
  thresholds: Thresholds;
}

/** The measures below their threshold. Where there is nothing to cover, none is. */
export function missedThresholds({ totals, thresholds }: Coverage): Measure[] {
  return MEASURES.filter(
    (measure) => totals && totals[measure].total > 0 && totals[measure].pct < (thresholds[measure] ?? 0),
  );
}

/** A row for each package and one for all. */
export function coverageTable(coverages: readonly Coverage[]): string {
  const rows = [
    ['coverage', ...MEASURES.map((measure) => `${measure} %`), 'threshold'],
    ...coverages.map((coverage) => [coverage.name, ...percentages(coverage.totals), verdict(coverage)]),
    ['all', ...percentages(overallTotals(coverages)), ''],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column > 0 && column <= MEASURES.length ? cell.padStart(width) : cell.padEnd(width);
}

function percentages(totals: Totals | undefined): string[] {
  return MEASURES.map((measure) => {
    const of = totals?.[measure];
    return of === undefined || of.total === 0 ? '–' : of.pct.toFixed(2);
  });
}

function verdict(coverage: Coverage): string {
  if (coverage.totals === undefined) return 'no report';
  const below = missedThresholds(coverage).map((measure) => `${measure} < ${coverage.thresholds[measure]}`);
  return below.length === 0 ? 'ok' : below.join(', ');
}

function overallTotals(coverages: readonly Coverage[]): Totals {
  const overall = (measure: Measure) => {
    const parts = coverages.flatMap(({ totals }) => totals?.[measure] ?? []);
    const total = parts.reduce((so, part) => so + part.total, 0);
    const covered = parts.reduce((so, part) => so + part.covered, 0);
    return { total, covered, pct: total === 0 ? 100 : (covered / total) * 100 };
  };
  return {
    lines: overall('lines'),
    branches: overall('branches'),
    functions: overall('functions'),
    statements: overall('statements'),
  };
}
