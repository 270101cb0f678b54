import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findMongod, type FoundMongod } from './find-mongod.ts';
import { onFreePort } from './free-port.ts';
import { type Log, silent } from './log.ts';
import { DataFolderInUse, MongodProcess, MongodStartFailed } from './mongod-process.ts';
import { isAlive } from './process-alive.ts';
import { formReplicaSet } from './replica-set.ts';
import { temporaryFolder, temporaryRoot } from './temporary-folder.ts';

export interface StartMongodOptions {
  /** Keep the data here, for the next start too; without it they are temporary and go with `stop`. */
  dataDir?: string;
  /** The port of 127.0.0.1; without it, that of the last start with `dataDir`, else a free one. */
  port?: number;
  /** How many nodes the replica set has, 1 to 7; more than one only without `dataDir` and `port`. */
  members?: number;
  /** The replica set's name, `baton` unless told; a data folder is for one name. */
  replicaSet?: string;
  /** Given as `--setParameter`, such as `{ enableTestCommands: 1 }` for fail points. */
  parameters?: Readonly<Record<string, string | number | boolean>>;
  /** WiredTiger's cache a node, in GB, 0.25 or more; temporary ones have 0.25 unless told, others mongod's own choice. */
  cacheSizeGb?: number;
  log?: Log;
}

export interface RunningMongod extends AsyncDisposable {
  /** Names all members and the replica set, no database. */
  readonly uri: string;
  /** The server's version, `6.0.5`. */
  readonly version: string;
  /** The process of each member. */
  readonly pids: readonly number[];
  /** Settles once a member is gone: with how it ended, or nothing when `stop` was called. */
  readonly exited: Promise<string | undefined>;
  /** Shuts down cleanly; temporary data are removed. May be called more than once. */
  stop(): Promise<void>;
}

/** Beside mongod's own files in a data folder. */
const NOTE = 'baton-mongod.json';

const PRIMARY_WITHIN_MS = 60_000;
const ORPHAN_GONE_WITHIN_MS = 20_000;

/**
 * Runs a mongod (see `findMongod`) as a replica set on 127.0.0.1, and answers once it takes writes. It is
 * stopped when this process dies, however it dies.
 * @throws MongodNotFound, DataFolderInUse, PortInUse, MongodStartFailed
 */
export async function startMongod(options: StartMongodOptions = {}): Promise<RunningMongod> {
  const { members = 1, dataDir, port } = options;
  if (!Number.isInteger(members) || members < 1 || members > 7) throw new RangeError('members is 1 to 7');
  if (members > 1 && (dataDir ?? port) !== undefined)
    throw new RangeError('a dataDir or a port is for one member only');
  const binary = await findMongod({ log: options.log });
  return dataDir === undefined
    ? startTemporary(binary, options, members)
    : startKept(binary, options, resolve(dataDir));
}

async function startTemporary(
  binary: FoundMongod,
  options: StartMongodOptions,
  members: number,
): Promise<RunningMongod> {
  const folder = await temporaryFolder(await temporaryRoot(), 'baton-mongod-');
  const removeFolder = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const processes: MongodProcess[] = [];
  const args = [
    ...argsOf({ cacheSizeGb: 0.25, ...options }),
    '--oplogSize',
    '512',
    '--setParameter',
    'diagnosticDataCollectionEnabled=false',
  ];
  try {
    const starts = Array.from({ length: members }, async (_, index) => {
      const dbPath = join(folder, `member-${index}`);
      await mkdir(dbPath);
      return onFreePort(options.port, (port) =>
        launch(binary, options, { port, dbPath, args, launchTimeoutMs: 30_000 }),
      );
    });
    const settled = await Promise.allSettled(starts);
    processes.push(...settled.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])));
    await Promise.all(starts);
    return await running(binary, options, processes, removeFolder);
  } catch (error) {
    await Promise.all(processes.map((process) => process.stop()));
    await removeFolder();
    throw error;
  }
}

async function startKept(
  binary: FoundMongod,
  options: StartMongodOptions,
  dbPath: string,
): Promise<RunningMongod> {
  await mkdir(dbPath, { recursive: true });
  const last = await readNote(dbPath);
  const settings = { dbPath, args: argsOf(options), launchTimeoutMs: 120_000 };
  const start = () =>
    onFreePort(options.port, (port) => launch(binary, options, { ...settings, port }), last?.port);
  const process = await start().catch((error: unknown) => {
    if (!(error instanceof DataFolderInUse) || !last || isAlive(last.startedBy)) throw error;
    return onceOrphanIsGone(start);
  });
  try {
    await writeNote(dbPath, process);
    return await running(binary, options, [process]);
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** The process that started the last mongod has died, so that mongod is about to be stopped. */
async function onceOrphanIsGone<T>(start: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + ORPHAN_GONE_WITHIN_MS;
  for (;;) {
    await sleep(500);
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof DataFolderInUse) || Date.now() > deadline) throw error;
    }
  }
}

async function launch(
  binary: FoundMongod,
  { replicaSet = 'baton', log = silent }: StartMongodOptions,
  settings: { port: number; dbPath: string; args: string[]; launchTimeoutMs: number },
): Promise<MongodProcess> {
  const process = new MongodProcess(binary, { ...settings, replicaSet }, log);
  await process.start();
  return process;
}

async function running(
  binary: FoundMongod,
  { replicaSet = 'baton', log = silent }: StartMongodOptions,
  processes: readonly MongodProcess[],
  afterwards: () => Promise<void> = async () => {},
): Promise<RunningMongod> {
  const hosts = processes.map(({ host }) => host);
  const exited = Promise.race(processes.map((process) => process.exited));
  const early = exited.then((how) => Promise.reject(new MongodStartFailed(how)));
  await Promise.race([formReplicaSet(replicaSet, hosts, PRIMARY_WITHIN_MS), early]);
  // Of no interest any more; without this, a later exit would be an unhandled rejection.
  early.catch(() => {});
  const uri = `mongodb://${hosts.join(',')}/?replicaSet=${encodeURIComponent(replicaSet)}`;
  log(`MongoDB ${binary.version} runs at ${uri}`);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= Promise.all(processes.map((process) => process.stop())).then(afterwards));
  return {
    uri,
    version: binary.version,
    pids: processes.flatMap(({ mongodProcess }) => mongodProcess?.pid ?? []),
    exited,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function argsOf({ cacheSizeGb, parameters = {} }: StartMongodOptions): string[] {
  const settings = {
    // A signal finds the set's only readers gone already: 15 000 ms of waiting for them serve nobody.
    shutdownTimeoutMillisForSignaledShutdown: 100,
    // A client that was killed in a transaction keeps others from its documents for so long; 60 s unless told.
    transactionLifetimeLimitSeconds: 15,
    // Nobody reads the past, which is kept for 300 s unless told.
    minSnapshotHistoryWindowInSeconds: 1,
    ...parameters,
  };
  return [
    ...(process.platform === 'win32' ? [] : ['--nounixsocket']),
    ...(cacheSizeGb === undefined ? [] : ['--wiredTigerCacheSizeGB', String(cacheSizeGb)]),
    ...Object.entries(settings).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
  ];
}

interface Note {
  port: number;
  /** The process that started the mongod. */
  startedBy: number;
}

async function readNote(folder: string): Promise<Note | undefined> {
  try {
    const { port, startedBy }: Partial<Note> = JSON.parse(await readFile(join(folder, NOTE), 'utf8'));
    return Number.isInteger(port) && Number.isInteger(startedBy)
      ? { port: Number(port), startedBy: Number(startedBy) }
      : undefined;
  } catch {
    return undefined;
  }
}

async function writeNote(folder: string, { instanceOpts }: MongodProcess): Promise<void> {
  const note: Note = { port: Number(instanceOpts.port), startedBy: process.pid };
  await writeFile(join(folder, NOTE), `${JSON.stringify(note)}\n`);
}
