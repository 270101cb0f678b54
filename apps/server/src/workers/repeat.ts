import type { Logger } from 'pino';
import { faultOf } from '../observe/log.ts';

/** Work that a server does again and again; never twice at once. */
export type Repeated = { stop(): Promise<void> };

/** Does `work` every `everyMs` milliseconds, from the end of one time to the beginning of the next. */
export function repeat(name: string, everyMs: number, work: () => Promise<unknown>, log: Logger): Repeated {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let wake: (() => void) | undefined;
  let isFailing = false;

  async function loop(): Promise<void> {
    while (!isStopped) {
      try {
        await work();
        if (isFailing) log.info({ work: name }, 'Works again');
        isFailing = false;
      } catch (error) {
        // Said once, not every second for as long as MongoDB is away.
        if (!isFailing) log.error({ work: name, fault: faultOf(error) }, 'Failed; it will be tried again');
        isFailing = true;
      }
      if (isStopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, everyMs);
      });
    }
  }

  const looping = loop();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      wake?.();
      await looping;
    },
  };
}
