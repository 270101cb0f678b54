import { timesOf } from './statistics.ts';

/** One way to append messages: `append` resolves once the message is stored for good. */
export type Contender = {
  name: string;
  /** @param caller who appends, 0 to callers − 1; never twice at once */
  append: (caller: number) => Promise<unknown>;
};

/** What one contender did in one measurement. */
export type Measurement = {
  messages: number;
  messagesPerSecond: number;
  /** This process's CPU, user and system, in microseconds. Nothing else runs in it meanwhile. */
  cpuMicrosPerMessage: number;
  /** Of one message, in milliseconds. */
  medianMs: number;
  slowMs: number;
};

/** Lets every caller append one message after another until the time is over. */
export async function measure(
  { append }: Contender,
  callers: number,
  durationMs: number,
): Promise<Measurement> {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  const call = async (caller: number) => {
    let callStartedMs = performance.now();
    do {
      await append(caller);
      const callEndedMs = performance.now();
      latencies.push(callEndedMs - callStartedMs);
      callStartedMs = callEndedMs;
    } while (callStartedMs < endMs);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  return {
    messages: latencies.length,
    messagesPerSecond: (latencies.length / elapsedMs) * 1_000,
    cpuMicrosPerMessage: (user + system) / latencies.length,
    ...timesOf(latencies),
  };
}
