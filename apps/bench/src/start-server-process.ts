import { Child } from './child.ts';
import type { Usage } from './usage.ts';

export type ServerProcess = AsyncDisposable & {
  url: string;
  /** What it has used since it was started. */
  usage: () => Promise<Usage>;
  /** Its CPU time alone, user and system. */
  cpuMicros: () => Promise<number>;
  /** Its resident memory as it is, without a collection before. */
  rssBytes: () => Promise<number>;
};

export type ServerProcessOptions = {
  /** How many feeds a tenant may have open, at most. */
  feedsOfATenant?: number;
  /** Whether a credential may call as in production; else as fast as it can. */
  hasDefaultLimits?: boolean;
};

/**
 * Baton's server in a process of its own, so that its CPU time is not counted with the callers'.
 */
export async function startServerProcess(
  mongodbUri: string,
  { feedsOfATenant, hasDefaultLimits = false }: ServerProcessOptions = {},
): Promise<ServerProcess> {
  return startProcess(new URL('./server-process.ts', import.meta.url), [
    mongodbUri,
    ...(feedsOfATenant === undefined ? [] : [`--feeds=${feedsOfATenant}`]),
    ...(hasDefaultLimits ? ['--default-limits'] : []),
  ]);
}

/** Starts a file that says its address once it listens, and answers each message with what it has used. */
export async function startProcess(file: URL, args: readonly string[]): Promise<ServerProcess> {
  const child = new Child<'usage' | 'cpu', string | Usage>(file, {
    args,
    env: { BATON_LOG_LEVEL: 'error' },
    execArgv: ['--expose-gc'],
  });
  const url = await child.answer();
  if (typeof url !== 'string') throw new TypeError(`${file.pathname} gave no address`);
  async function ask(request: 'usage' | 'cpu'): Promise<Usage> {
    child.send(request);
    const used = await child.answer();
    if (typeof used === 'string') throw new TypeError(`${file.pathname} gave no usage`);
    return used;
  }
  return {
    url,
    usage: () => ask('usage'),
    cpuMicros: async () => (await ask('cpu')).cpuMicros,
    rssBytes: async () => (await ask('cpu')).rssBytes,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
