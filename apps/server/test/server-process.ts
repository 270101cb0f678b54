import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const fileOf = (path: string) => new URL(path, import.meta.url).pathname;

interface ServerProcessOptions {
  /** `'0'`, any free one, by default. */
  port?: string;
  /** How far the process's own clock is off, in milliseconds. */
  clockOffByMs?: number;
  /** More of its environment. */
  env?: Record<string, string>;
}

/** The server as a process of its own, once it listens; killed at the end of the test. */
export async function startServerProcess(
  mongodbUri: string,
  { port = '0', clockOffByMs = 0, env = {} }: ServerProcessOptions = {},
): Promise<{ process: ChildProcess; url: string }> {
  const preload = clockOffByMs === 0 ? [] : ['--import', fileOf('./shift-date.ts')];
  const child = spawn(process.execPath, [...preload, fileOf('../src/main.ts')], {
    env: {
      ...process.env,
      MONGODB_URI: mongodbUri,
      BATON_PORT: port,
      BATON_HOST: '127.0.0.1',
      BATON_LOG_LEVEL: 'info',
      TEST_CLOCK_OFF_BY_MS: String(clockOffByMs),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      const { msg, url }: { msg: string; url: string } = JSON.parse(line);
      if (msg === 'Listening') listening.resolve(url);
    })
    .on('close', () => listening.reject(new Error('The server did not start')));
  return { process: child, url: await listening.promise };
}
