import { median } from './statistics.ts';

export type Call = () => Promise<unknown>;

export type CallComparison = {
  baselineMs: number;
  otherMs: number;
  /** The median of the rounds' ratios. */
  ratio: number;
};

const MAX_CALLS = 30;

/** Measures two calls one at a time, in turn: a round of `roundMs` each, after one of each that is not counted. */
export async function compareCalls(
  { baseline, other }: { baseline: Call; other: Call },
  { rounds, roundMs }: { rounds: number; roundMs: number },
): Promise<CallComparison> {
  await baseline();
  await other();
  const times: { baselineMs: number; otherMs: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    times.push({ baselineMs: await msOf(baseline, roundMs), otherMs: await msOf(other, roundMs) });
  return {
    baselineMs: median(times.map(({ baselineMs }) => baselineMs)),
    otherMs: median(times.map(({ otherMs }) => otherMs)),
    ratio: median(times.map(({ baselineMs, otherMs }) => otherMs / baselineMs)),
  };
}

/** Milliseconds of one call: the median of as many as fit into a round. */
async function msOf(call: Call, roundMs: number): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + roundMs;
  do {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  } while (performance.now() < until && times.length < MAX_CALLS);
  return median(times);
}
