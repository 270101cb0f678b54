import type { Logger } from 'pino';
import { describeError } from '../observe/log.ts';
import type { ProcessObserver } from '../observe/process-observer.ts';

export interface RepeatedWork {
  /** Resolves once a run that is under way has ended. */
  stop(): Promise<void>;
}

/** Runs `work` at once, and again `pauseMs` milliseconds after each run; never two runs at a time. */
export function repeat(
  name: string,
  pauseMs: number,
  work: () => Promise<unknown>,
  log: Logger,
  onRun: ProcessObserver['onWork'] = () => undefined,
): RepeatedWork {
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let endPause: (() => void) | undefined;

  async function loop(): Promise<void> {
    while (!isStopped) {
      const from = performance.now();
      const ended = (isDone: boolean) => onRun({ work: name, isDone, tookMs: performance.now() - from });
      try {
        await work();
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
      if (isStopped) return;
      await new Promise<void>((resolve) => {
        endPause = resolve;
        timer = setTimeout(resolve, pauseMs);
      });
    }
  }

  const looping = loop();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      endPause?.();
      await looping;
    },
  };
}
