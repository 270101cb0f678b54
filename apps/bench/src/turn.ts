import { quantile } from './statistics.ts';

/** One way to append messages: `append` resolves once the message is stored for good. */
export type Contender = {
  name: string;
  /** @param caller who appends, 0 to callers − 1; never twice at once */
  append: (caller: number) => Promise<unknown>;
};

/** What one contender did in one turn. */
export type Turn = {
  messages: number;
  messagesPerSecond: number;
  /** This process's CPU, user and system, in microseconds. Nothing else runs in it meanwhile. */
  cpuMicrosPerMessage: number;
  /** Of one message, in milliseconds. */
  medianMs: number;
  slowMs: number;
};

/** The share of messages that are at least as fast as `slowMs`. */
const SLOW = 0.99;

/** Lets every caller append one message after the other until the time is over. */
export async function takeTurn({ append }: Contender, callers: number, durationMs: number): Promise<Turn> {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const from = performance.now();
  const until = from + durationMs;
  const call = async (caller: number) => {
    let begun = performance.now();
    do {
      await append(caller);
      const ended = performance.now();
      latencies.push(ended - begun);
      begun = ended;
    } while (begun < until);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  const elapsedMs = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return {
    messages: latencies.length,
    messagesPerSecond: (latencies.length / elapsedMs) * 1_000,
    cpuMicrosPerMessage: (user + system) / latencies.length,
    medianMs: quantile(latencies, 0.5),
    slowMs: quantile(latencies, SLOW),
  };
}
