import { element } from './element.ts';
import { median } from './statistics.ts';
import { type Contender, takeTurn, type Turn } from './turn.ts';

/** Contenders that do the same work, with as many callers each. The first is what the others are measured by. */
export type Scenario = {
  name: string;
  callers: number;
  contenders: readonly Contender[];
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
  const entrants = contenders.map((contender) => ({ contender, turns: new Array<Turn>() }));
  for (const { contender } of entrants) await takeTurn(contender, callers, turnMs / 2);
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contender, turns } of entrants) {
      onTurn?.(name, contender.name, round);
      turns.push(await takeTurn(contender, callers, turnMs));
    }
  }
  const measure = element(entrants, 0).turns;
  return entrants.map(({ contender, turns }) => rowOf(name, contender.name, turns, measure));
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
    median(turns.map((turn, round) => turn[name] / element(measure, round)[name]));
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
