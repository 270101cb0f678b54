import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';

import { DryMongoBinary } from 'mongodb-memory-server';

import type { Log } from './log.ts';
import { errorMessage } from './error-message.ts';

const DEFAULT_DOWNLOAD_HOST = 'https://fastdl.mongodb.org';
const PROBE_TIMEOUT_MS = 3_000;

/** A mongod that mongodb-memory-server has downloaded earlier. Uses no network. */
export async function downloadedMongod(): Promise<string | undefined> {
  // An empty version means its default, or MONGOMS_VERSION. It throws on a platform that it does not support.
  return DryMongoBinary.locateBinary({ version: '' }).catch(() => undefined);
}

/**
 * Lets mongodb-memory-server download a mongod, in another process because it writes to the console.
 * @throws Error when the host cannot be reached within 3,000 ms, or the download fails.
 */
export async function downloadMongod(log: Log): Promise<string> {
  const { MONGOMS_DOWNLOAD_URL, MONGOMS_DOWNLOAD_MIRROR, MONGOMS_RUNTIME_DOWNLOAD } = process.env;
  if (MONGOMS_RUNTIME_DOWNLOAD === 'false') throw new Error('MONGOMS_RUNTIME_DOWNLOAD is false');
  await expectReachable(new URL(MONGOMS_DOWNLOAD_URL || MONGOMS_DOWNLOAD_MIRROR || DEFAULT_DOWNLOAD_HOST));
  log('downloading a mongod');
  const child = fork(fileURLToPath(new URL('./memory-server-download.ts', import.meta.url)), {
    // Without it, the download accepts any certificate.
    env: { ...process.env, npm_config_strict_ssl: process.env['npm_config_strict_ssl'] ?? 'true' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stderr: string[] = [];
  child.stdout?.on('data', (chunk) => log(String(chunk).trim()));
  child.stderr?.on('data', (chunk) => stderr.push(String(chunk).trim()));
  let answer: { path: string } | { fault: string } | undefined;
  child.on('message', (message: typeof answer) => (answer = message));
  await once(child, 'close');
  if (answer && 'path' in answer) return answer.path;
  throw new Error(answer?.fault ?? `the download ended early: ${stderr.at(-1) ?? 'it said nothing'}`);
}

/** Any response counts, an error too. */
async function expectReachable(url: URL): Promise<void> {
  const secure = url.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ proxyEnv: process.env });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const head = (secure ? httpsRequest : httpRequest)(url, { method: 'HEAD', agent }, (response) => {
    response.resume();
    resolve();
  });
  // The request's own timeout does not include the DNS lookup.
  const timer = setTimeout(
    () => head.destroy(new Error(`no answer in ${PROBE_TIMEOUT_MS} ms`)),
    PROBE_TIMEOUT_MS,
  );
  head.on('error', reject).end();
  try {
    await promise;
  } catch (error) {
    throw new Error(`${url.host} cannot be reached (${errorMessage(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
    agent.destroy();
  }
}
