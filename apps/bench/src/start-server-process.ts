import { fork } from 'node:child_process';
import { once } from 'node:events';

export type ServerProcess = AsyncDisposable & { url: string };

/** Baton's server in a process of its own, so that its CPU time is not counted with the callers'. */
export async function startServerProcess(mongodbUri: string): Promise<ServerProcess> {
  const child = fork(new URL('./server-process.ts', import.meta.url), [mongodbUri], {
    env: { ...process.env, BATON_LOG_LEVEL: 'error' },
    execArgv: [],
  });
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => Promise.reject(new Error(`The server ended with code ${code}`)));
  const [url] = await Promise.race([once(child, 'message'), failed]);
  // A later exit must not become an unhandled rejection.
  failed.catch(() => undefined);
  return {
    url: String(url),
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await exited;
    },
  };
}
