import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';

import { DryMongoBinary } from 'mongodb-memory-server';

import type { Log } from './log.ts';
import { reasonOf } from './reason.ts';

const DEFAULT_DOWNLOAD_HOST = 'https://fastdl.mongodb.org';
const PROBE_TIMEOUT_MS = 3_000;

/** A mongod that mongodb-memory-server has downloaded earlier, for any project. Sends nothing. */
export async function downloadedMongod(): Promise<string | undefined> {
  // Throws on a machine that it does not know, where it has no download either.
  // An empty version stands for its own default, or MONGOMS_VERSION.
  return DryMongoBinary.locateBinary({ version: '' }).catch(() => undefined);
}

/**
 * Has mongodb-memory-server download its mongod, in a process of its own: it writes to the console.
 * @throws Error when the host cannot be reached in 3 000 ms, or the download fails.
 */
export async function downloadMongod(log: Log): Promise<string> {
  const { MONGOMS_DOWNLOAD_URL, MONGOMS_DOWNLOAD_MIRROR, MONGOMS_RUNTIME_DOWNLOAD } = process.env;
  if (MONGOMS_RUNTIME_DOWNLOAD === 'false') throw new Error('MONGOMS_RUNTIME_DOWNLOAD is false');
  await expectReachable(new URL(MONGOMS_DOWNLOAD_URL || MONGOMS_DOWNLOAD_MIRROR || DEFAULT_DOWNLOAD_HOST));
  log('downloading a mongod');
  const child = fork(fileURLToPath(new URL('./memory-server-download.ts', import.meta.url)), {
    // Unless npm's setting says so, the download would take any certificate.
    env: { ...process.env, npm_config_strict_ssl: process.env['npm_config_strict_ssl'] ?? 'true' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  child.stdout?.on('data', (chunk) => log(String(chunk).trim()));
  child.stderr?.on('data', (chunk) => said.push(String(chunk).trim()));
  let answer: { path: string } | { fault: string } | undefined;
  child.on('message', (message: typeof answer) => (answer = message));
  await once(child, 'close');
  if (answer && 'path' in answer) return answer.path;
  throw new Error(answer?.fault ?? `the download ended early: ${said.at(-1) ?? 'it said nothing'}`);
}

/** Any answer will do, a refusal too: what can be reached is for the download itself to find out. */
async function expectReachable(url: URL): Promise<void> {
  const secure = url.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ proxyEnv: process.env });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const head = (secure ? httpsRequest : httpRequest)(url, { method: 'HEAD', agent }, (response) => {
    response.resume();
    resolve();
  });
  // A timer rather than the request's own timeout, which does not count the search for the address.
  const timer = setTimeout(
    () => head.destroy(new Error(`no answer in ${PROBE_TIMEOUT_MS} ms`)),
    PROBE_TIMEOUT_MS,
  );
  head.on('error', reject).end();
  try {
    await promise;
  } catch (error) {
    throw new Error(`${url.host} cannot be reached (${reasonOf(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
    agent.destroy();
  }
}
