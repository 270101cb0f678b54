import type { Logger } from 'pino';
import { describeError } from '../observe/log.ts';
import type { ProcessObserver } from '../observe/process-observer.ts';

export interface RepeatedWork {
  /** Resolves once a run that is under way has ended. */
  stop(): Promise<void>;
}

/** Runs `work` at once, and again `pauseMs` milliseconds after each run; never two runs at a time. Stopping aborts its signal. */
export function repeat(
  name: string,
  pauseMs: number,
  work: (signal: AbortSignal) => Promise<unknown>,
  log: Logger,
  onRun: ProcessObserver['onWork'] = () => undefined,
): RepeatedWork {
  const stopping = new AbortController();
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let endPause: (() => void) | undefined;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const from = performance.now();
      const ended = (isDone: boolean) => onRun({ work: name, isDone, tookMs: performance.now() - from });
      try {
        await work(stopping.signal);
        ended(true);
        if (isFailing) log.info({ work: name }, 'Works again');
        isFailing = false;
      } catch (error) {
        ended(false);
        // Logged once, not every second for as long as MongoDB is away.
        if (!isFailing)
          log.error({ work: name, fault: describeError(error) }, 'Failed; it will be tried again');
        isFailing = true;
      }
      if (stopping.signal.aborted) return;
      await new Promise<void>((resolve) => {
        endPause = resolve;
        timer = setTimeout(resolve, pauseMs);
      });
    }
  }

  const looping = loop();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      endPause?.();
      await looping;
    },
  };
}
