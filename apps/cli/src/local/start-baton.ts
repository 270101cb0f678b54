import { join } from 'node:path';
import { type Baton, createBaton } from '@baton/client';
import { provideMongodb } from '@baton/mongod';
import { connect, migrateToServe, openStore, type Store } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { createLog, startServer } from '@baton/server';
import { optionsOf } from '@baton/server/settings';
import { findBatonFolder, readFileIfExists, removeFile, writePrivateFile } from './baton-folder.ts';
import { buildConsole } from './console-build.ts';
import { dataFolder, mongodbUriFile } from './mongodb.ts';
import { simulate } from '../simulation/simulate.ts';
import { signInLink } from '../api/sign-in-link.ts';
import { readStartSettings } from './start-settings.ts';
import { requireNotRunning, requireFreePort } from './start-checks.ts';

const SAMPLE_SEED = 1;

const TENANT = TenantId.parse('default');

/** Created once and kept in the folder, so that it is the same at every start. */
async function developmentKey(store: Store, folder: string): Promise<string> {
  const file = join(folder, 'development-key');
  const savedKey = (await readFileIfExists(file))?.trim();
  if (savedKey !== undefined && (await store.apiKeys.authenticate(savedKey)) !== null) return savedKey;
  const { key } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'development',
    role: 'admin',
  });
  await writePrivateFile(file, `${key}\n`);
  return key;
}

/** Migrates the store and creates the default tenant's agents. Returns the development key. */
async function prepareStore(mongodbUri: string, folder: string): Promise<string> {
  const { client, db, clock } = await connect(mongodbUri, { appName: 'baton-start', socketTimeoutMs: 0 });
  try {
    await migrateToServe(db);
    const store = openStore({ client, db, clock });
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
  /** Signs one browser in to the console, once; null where the console was not built. */
  link: string | null;
  stop(): Promise<void>;
  /** Resolves with the reason if MongoDB ends by itself. */
  ended: Promise<string>;
};

/**
 * Starts MongoDB unless one is given, migrates the store, starts the server and loads the samples.
 * @param signal stops the loading of samples after those that have been started
 * @throws StartRefused, and what MongoDB and the server refuse
 */
export async function startBaton(print: Print, signal?: AbortSignal): Promise<RunningBaton> {
  const folder = findBatonFolder();
  const { settings, start, warnings } = readStartSettings(process.env);
  for (const warning of warnings) print(warning);
  const { BATON_PORT: port } = settings;
  const { BATON_SAMPLES: samples } = start;
  const connectionFile = join(folder, 'connection.json');
  await requireNotRunning(connectionFile);
  await requireFreePort(port);

  const uri = settings.MONGODB_URI || undefined;
  print(uri === undefined ? 'Starting MongoDB …' : 'Using the MongoDB of MONGODB_URI.');
  await using undo = new AsyncDisposableStack();
  // It takes as long as MongoDB does to start, so both are done at once.
  const noBuild = new AbortController();
  undo.defer(() => noBuild.abort());
  const building = start.BATON_CONSOLE ? buildConsole(print, { signal: noBuild.signal }) : undefined;
  const mongodb = undo.use(await provideMongodb({ uri, dataDir: dataFolder(folder), log: print }));
  if (mongodb.embedded) {
    await writePrivateFile(mongodbUriFile(folder), mongodb.uri);
    undo.defer(() => removeFile(mongodbUriFile(folder)));
  }
  const apiKey = await prepareStore(mongodb.uri, folder);
  const consoleFolder = await building;
  const log = createLog({ level: settings.BATON_LOG_LEVEL });
  const server = undo.use(
    await startServer({
      ...optionsOf(settings),
      mongodbUri: mongodb.uri,
      host: '127.0.0.1',
      log,
      consoleFolder,
    }),
  );
  const baton = createBaton({ url: server.url, apiKey });
  await loadSamples(baton, samples, print, signal);
  await writePrivateFile(connectionFile, `${JSON.stringify({ url: server.url, apiKey }, null, 2)}\n`);
  undo.defer(() => removeFile(connectionFile));

  const link = consoleFolder === undefined ? null : await signInLink(baton, server.url);
  const parts = undo.move();
  const ended = mongodb.exited.then((why) => `MongoDB has ended${why === undefined ? '' : `: ${why}`}`);
  return { url: server.url, apiKey, link, stop: () => parts.disposeAsync(), ended };
}
