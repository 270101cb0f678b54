import { cyclicElement } from './cyclic-element.ts';
import { median } from './statistics.ts';
import { type Contender, measure, type Measurement } from './measure.ts';

/** Contenders that do the same work with as many callers; the first is the baseline. */
export type Scenario = {
  name: string;
  callers: number;
  contenders: readonly Contender[];
};

/** The medians of a contender over the rounds. */
export type ComparisonRow = Omit<Measurement, 'messages'> & {
  scenario: string;
  contender: string;
  /** Its figure ÷ the first contender's of the same round. */
  ratios: { throughput: number; cpu: number; latency: number };
};

export type ComparisonOptions = {
  rounds: number;
  /** How long each measurement takes, in milliseconds. */
  durationMs: number;
  onMeasurement?: (scenario: string, contender: string, round: number) => void;
};

/**
 * Measures the contenders in turn, A B A B …, so that other load on the machine affects each alike. A short
 * warm-up of each comes first and is not counted.
 */
export async function compare(
  { name, callers, contenders }: Scenario,
  { rounds, durationMs, onMeasurement }: ComparisonOptions,
): Promise<ComparisonRow[]> {
  const entries = contenders.map((contender) => ({ contender, measurements: new Array<Measurement>() }));
  for (const { contender } of entries) await measure(contender, callers, durationMs / 2);
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contender, measurements } of entries) {
      onMeasurement?.(name, contender.name, round);
      measurements.push(await measure(contender, callers, durationMs));
    }
  }
  const baseline = cyclicElement(entries, 0).measurements;
  return entries.map(({ contender, measurements }) =>
    comparisonRow(name, contender.name, measurements, baseline),
  );
}

/** @param baseline the first contender's measurements, round by round */
export function comparisonRow(
  scenario: string,
  contender: string,
  measurements: readonly Measurement[],
  baseline: readonly Measurement[],
): ComparisonRow {
  const medianOf = (name: keyof Measurement) => median(measurements.map((one) => one[name]));
  const medianRatio = (name: keyof Measurement) =>
    median(measurements.map((one, round) => one[name] / cyclicElement(baseline, round)[name]));
  return {
    scenario,
    contender,
    messagesPerSecond: medianOf('messagesPerSecond'),
    cpuMicrosPerMessage: medianOf('cpuMicrosPerMessage'),
    medianMs: medianOf('medianMs'),
    slowMs: medianOf('slowMs'),
    ratios: {
      throughput: medianRatio('messagesPerSecond'),
      cpu: medianRatio('cpuMicrosPerMessage'),
      latency: medianRatio('medianMs'),
    },
  };
}
