import { median } from './statistics.ts';
import { type Contender, takeTurn, type Turn } from './turn.ts';

/** Contenders that do the same work, with as many callers each. The first is what the others are measured by. */
export type Scenario = {
  name: string;
  callers: number;
  contenders: readonly [Contender, ...Contender[]];
};

/** A contender beside the first one: medians over the rounds. */
export type Row = Omit<Turn, 'messages'> & {
  scenario: string;
  contender: string;
  /** Its figure ÷ the first contender's of the same round. */
  ratios: { throughput: number; cpu: number; latency: number };
};

export type ComparisonOptions = {
  rounds: number;
  /** How long each contender's turn is, in milliseconds. */
  turnMs: number;
  onTurn?: (scenario: string, contender: string, round: number) => void;
};

/**
 * Lets the contenders take turns, A B A B …, so that whatever else the machine does hits each alike. A short
 * turn of each comes first and counts for nothing: caches fill, code is compiled.
 */
export async function compare(
  { name, callers, contenders }: Scenario,
  { rounds, turnMs, onTurn }: ComparisonOptions,
): Promise<Row[]> {
  for (const contender of contenders) await takeTurn(contender, callers, turnMs / 2);
  const turns = contenders.map((): Turn[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      onTurn?.(name, contender.name, round);
      turns[index]?.push(await takeTurn(contender, callers, turnMs));
    }
  }
  const [measure = []] = turns;
  return contenders.map((contender, index) => rowOf(name, contender.name, turns[index] ?? [], measure));
}

/** @param measure the first contender's turns, round by round */
export function rowOf(
  scenario: string,
  contender: string,
  turns: readonly Turn[],
  measure: readonly Turn[],
): Row {
  const figure = (name: keyof Turn) => median(turns.map((turn) => turn[name]));
  const ratio = (name: keyof Turn) =>
    median(turns.map((turn, round) => turn[name] / (measure[round]?.[name] ?? Number.NaN)));
  return {
    scenario,
    contender,
    messagesPerSecond: figure('messagesPerSecond'),
    cpuMicrosPerMessage: figure('cpuMicrosPerMessage'),
    medianMs: figure('medianMs'),
    slowMs: figure('slowMs'),
    ratios: {
      throughput: ratio('messagesPerSecond'),
      cpu: ratio('cpuMicrosPerMessage'),
      latency: ratio('medianMs'),
    },
  };
}
