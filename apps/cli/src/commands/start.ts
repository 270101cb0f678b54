import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Baton, createBaton } from '@baton/client';
import { provideMongodb } from '@baton/mongod';
import { connect, migrate, openStore, type Store } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { createLog, startServer } from '@baton/server';
import type { Command } from 'commander';
import { findBatonFolder, readFileIfExists, removeFile, writePrivateFile } from '../local/baton-folder.ts';
import type { CommandContext } from '../cli.ts';
import { parseConnection } from '../local/connection.ts';
import { buildConsole } from '../local/console.ts';
import { dataFolder, mongodbUriFile } from '../local/mongodb.ts';
import { packageManagerExit } from '../local/package-manager.ts';
import { signInLink } from './sign-in.ts';
import { simulate } from '../simulation/simulate.ts';

const DEFAULT_PORT = 4_000;
const SAMPLE_CONVERSATIONS = 66;
const MAX_SAMPLES = 10_000;
/** How long an interrupted start waits for the samples that are being told. */
const SAMPLE_GRACE_MS = 1_500;
const SAMPLE_SEED = 1;
const TENANT = TenantId.parse('default');

/** A reason not to start that a person can do something about. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

/** `BATON_PORT`, or 4000. */
export function parsePort(setting: string | undefined): number {
  if (setting === undefined || setting === '') return DEFAULT_PORT;
  const port = Number(setting);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new StartRefused(`BATON_PORT must be a port from 0 to 65535, not "${setting}".`);
}

const fetchWithTimeout: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: AbortSignal.timeout(2_000) });

/** Baton runs once a folder: finds out whether it does already, before anything is started. */
async function requireNotRunning(connectionFile: string): Promise<void> {
  const running = parseConnection(await readFileIfExists(connectionFile));
  if (running === null) return;
  const { api } = createBaton({ ...running, attempts: 1, fetch: fetchWithTimeout });
  // Only the Baton that the file is of takes its key.
  const isThere = await api.tenant.get.query().then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const link = 'npx -y pnpm@12 baton sign-in';
  throw new StartRefused(`Baton runs here already, at ${running.url}. A link to its console: ${link}`);
}

/** `BATON_SAMPLES`: how many sample conversations an empty store is given; 66 without it, 0 for none. */
export function parseSampleCount(setting: string | undefined): number {
  if (setting === undefined || setting === '') return SAMPLE_CONVERSATIONS;
  const count = Number(setting);
  if (Number.isInteger(count) && count >= 0 && count <= MAX_SAMPLES) return count;
  throw new StartRefused(`BATON_SAMPLES must be a number from 0 to ${MAX_SAMPLES}, not "${setting}".`);
}

/** Finds a busy port out before anything else is started. */
async function requireFreePort(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const isBusy = error.code === 'EADDRINUSE';
      const why = isBusy
        ? `Port ${port} is in use. Stop what uses it, or choose another: BATON_PORT=4100 npx -y pnpm@12 start`
        : `Port ${port} cannot be used: ${error.message}`;
      reject(new StartRefused(why));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

/** The development key, the same at every start: made once, kept in the folder, known to the store by its hash. */
async function developmentKey(store: Store, folder: string): Promise<string> {
  const file = join(folder, 'development-key');
  const kept = (await readFileIfExists(file))?.trim();
  if (kept !== undefined && (await store.apiKeys.authenticate(kept)) !== null) return kept;
  const { key } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'development',
    rights: ['import', 'manage'],
  });
  await writePrivateFile(file, `${key}\n`);
  return key;
}

/** Brings the store up to date and sees to the tenant that everything embedded belongs to. */
async function prepareStore(mongodbUri: string, folder: string): Promise<string> {
  const { client, db } = await connect(mongodbUri, { appName: 'baton-start', socketTimeoutMs: 0 });
  try {
    await migrate(db);
    const store = openStore({ client, db });
    await store.agents.ensureDefaults(TENANT, {});
    return await developmentKey(store, folder);
  } finally {
    await client.close();
  }
}

type Print = (line: string) => void;

async function loadSamples(
  baton: Baton,
  conversations: number,
  print: Print,
  signal?: AbortSignal,
): Promise<void> {
  if (conversations === 0) return;
  const { items } = await baton.api.conversations.list.query({ limit: 1 });
  if (items.length > 0) return;
  print('The store is empty: loading sample conversations …');
  await simulate(baton, { conversations, seed: SAMPLE_SEED, now: new Date(), signal });
}

export type RunningBaton = {
  url: string;
  apiKey: string;
  /** Opens the console and signs in, once; null where the console was not built. */
  link: string | null;
  stop(): Promise<void>;
  /** Why it ended by itself. */
  ended: Promise<string>;
};

/**
 * Starts MongoDB where none is given, the server, and whatever the store still lacks.
 * @param signal ends the loading of samples, each of them whole
 * @throws StartRefused, and what MongoDB and the server refuse
 */
export async function startBaton(print: Print, signal?: AbortSignal): Promise<RunningBaton> {
  const folder = findBatonFolder();
  const port = parsePort(process.env['BATON_PORT']);
  const samples = parseSampleCount(process.env['BATON_SAMPLES']);
  const connectionFile = join(folder, 'connection.json');
  await requireNotRunning(connectionFile);
  await requireFreePort(port);

  const uri = process.env['MONGODB_URI'] || undefined;
  print(uri === undefined ? 'Starting MongoDB …' : 'Using the MongoDB of MONGODB_URI.');
  await using undo = new AsyncDisposableStack();
  const mongodb = undo.use(await provideMongodb({ uri, dataDir: dataFolder(folder), log: print }));
  if (mongodb.embedded) {
    await writePrivateFile(mongodbUriFile(folder), mongodb.uri);
    undo.defer(() => removeFile(mongodbUriFile(folder)));
  }
  const apiKey = await prepareStore(mongodb.uri, folder);
  const consoleFolder = process.env['BATON_CONSOLE'] === '0' ? undefined : await buildConsole(print);
  const log = createLog({ level: process.env['BATON_LOG_LEVEL'] ?? 'warn' });
  const server = undo.use(await startServer({ mongodbUri: mongodb.uri, port, log, consoleFolder }));
  const baton = createBaton({ url: server.url, apiKey });
  await loadSamples(baton, samples, print, signal);
  await writePrivateFile(connectionFile, `${JSON.stringify({ url: server.url, apiKey }, null, 2)}\n`);
  undo.defer(() => removeFile(connectionFile));

  const link = consoleFolder === undefined ? null : await signInLink(baton, server.url);
  const parts = undo.move();
  const ended = mongodb.exited.then((why) => `MongoDB has ended${why === undefined ? '' : `: ${why}`}`);
  return { url: server.url, apiKey, link, stop: () => parts.disposeAsync(), ended };
}

/** What a newcomer needs to know once everything runs. */
export function startMessage({ url, apiKey, link }: Pick<RunningBaton, 'url' | 'apiKey' | 'link'>): string[] {
  return [
    '',
    ...(link === null
      ? []
      : ['  The console, for one browser (another link: npx -y pnpm@12 baton sign-in):', `    ${link}`, '']),
    `  The API: ${url}/trpc`,
    `  Development key: ${apiKey}`,
    '',
    '  In another terminal:',
    '    npx -y pnpm@12 baton list              who owns what, and where it stands',
    '    npx -y pnpm@12 baton search "price"    find what was said',
    '    npx -y pnpm@12 baton metrics funnel    how far conversations get',
    '',
    '  Ctrl-C stops everything.',
  ];
}

/** The signals that end Baton: Ctrl-C, a service manager's, a terminal that was closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function stopSignal(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => resolve(null));
  });
}

export function registerStart(program: Command, { terminal }: CommandContext): void {
  program
    .command('start')
    .description('run Baton here: MongoDB, the API, sample conversations where the store is empty')
    .action(async () => {
      const { print } = terminal;
      const interrupted = stopSignal();
      const abandoned = packageManagerExit();
      const stopping = new AbortController();
      const starting = startBaton(print, stopping.signal);
      const started = await Promise.race([starting, interrupted]);
      if (started === null) {
        print('Stopping …');
        stopping.abort();
        // What else has begun ends with the process: the server with it, an embedded MongoDB right after it.
        await Promise.race([starting.catch(() => undefined), sleep(SAMPLE_GRACE_MS)]);
        process.exit(0);
      }
      for (const line of startMessage(started)) print(line);
      const why = await Promise.race([interrupted, abandoned, started.ended]);
      print(why ?? 'Stopping …');
      await started.stop();
      process.exit(why === null ? 0 : 1);
    });
}
