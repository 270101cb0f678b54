import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findMongod, type FoundMongod } from './find-mongod.ts';
import { onFreePort } from './free-port.ts';
import { type Log, noLog } from './log.ts';
import { DataFolderInUse, MongodProcess, MongodStartFailed } from './mongod-process.ts';
import { isAlive } from './process-alive.ts';
import { formReplicaSet } from './replica-set.ts';
import { temporaryFolder, temporaryRoot } from './temporary-folder.ts';

export interface StartMongodOptions {
  /** Keeps the data here; without it they are temporary and removed by `stop`. */
  dataDir?: string;
  /** The port of 127.0.0.1; without it, that of the last start with `dataDir`, else a free one. */
  port?: number;
  /** Nodes of the replica set, 1 to 7; more than one only without `dataDir` and `port`. */
  members?: number;
  /** The replica set's name, by default `baton`; a data folder keeps its first one. */
  replicaSet?: string;
  /** For `--setParameter`, such as `{ enableTestCommands: 1 }` for fail points. */
  parameters?: Readonly<Record<string, string | number | boolean>>;
  /** WiredTiger's cache of each node in GB, 0.25 or more; by default 0.25 without `dataDir`, else mongod's default. */
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
  /** Resolves when a member has ended: to how it ended, or undefined after `stop`. */
  readonly exited: Promise<string | undefined>;
  /** Shuts down cleanly; temporary data are removed. May be called more than once. */
  stop(): Promise<void>;
}

/** In the data folder, beside mongod's files. */
const LAST_START_FILE = 'baton-mongod.json';

const PRIMARY_TIMEOUT_MS = 60_000;
const ORPHAN_TIMEOUT_MS = 20_000;

/**
 * Runs a mongod (see `findMongod`) as a replica set on 127.0.0.1; resolves once it takes writes. It is stopped when
 * this process ends, however it ends.
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
    : startWithDataDir(binary, options, resolve(dataDir));
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
    ...mongodArgs({ cacheSizeGb: 0.25, ...options }),
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
    return await toRunningMongod(binary, options, processes, removeFolder);
  } catch (error) {
    await Promise.all(processes.map((process) => process.stop()));
    await removeFolder();
    throw error;
  }
}

async function startWithDataDir(
  binary: FoundMongod,
  options: StartMongodOptions,
  dbPath: string,
): Promise<RunningMongod> {
  await mkdir(dbPath, { recursive: true });
  const last = await readLastStart(dbPath);
  const settings = { dbPath, args: mongodArgs(options), launchTimeoutMs: 120_000 };
  const start = () =>
    onFreePort(options.port, (port) => launch(binary, options, { ...settings, port }), last?.port);
  const process = await start().catch((error: unknown) => {
    if (!(error instanceof DataFolderInUse) || !last || isAlive(last.startedBy)) throw error;
    return retryUntilOrphanIsGone(start);
  });
  try {
    await writeLastStart(dbPath, process);
    return await toRunningMongod(binary, options, [process]);
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** A mongod whose starter has died is stopped within seconds. */
async function retryUntilOrphanIsGone<T>(start: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
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
  { replicaSet = 'baton', log = noLog }: StartMongodOptions,
  settings: { port: number; dbPath: string; args: string[]; launchTimeoutMs: number },
): Promise<MongodProcess> {
  const process = new MongodProcess(binary, { ...settings, replicaSet }, log);
  await process.start();
  return process;
}

async function toRunningMongod(
  binary: FoundMongod,
  { replicaSet = 'baton', log = noLog }: StartMongodOptions,
  processes: readonly MongodProcess[],
  cleanUp: () => Promise<void> = async () => {},
): Promise<RunningMongod> {
  const hosts = processes.map(({ host }) => host);
  const exited = Promise.race(processes.map((process) => process.exited));
  const earlyExit = exited.then((how) => Promise.reject(new MongodStartFailed(how)));
  await Promise.race([formReplicaSet(replicaSet, hosts, PRIMARY_TIMEOUT_MS), earlyExit]);
  // A later exit must not be an unhandled rejection.
  earlyExit.catch(() => {});
  const uri = `mongodb://${hosts.join(',')}/?replicaSet=${encodeURIComponent(replicaSet)}`;
  log(`MongoDB ${binary.version} runs at ${uri}`);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= Promise.all(processes.map((process) => process.stop())).then(cleanUp));
  return {
    uri,
    version: binary.version,
    pids: processes.flatMap(({ mongodProcess }) => mongodProcess?.pid ?? []),
    exited,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function mongodArgs({ cacheSizeGb, parameters = {} }: StartMongodOptions): string[] {
  const settings = {
    // No clients are left to wait for; 15,000 ms by default.
    shutdownTimeoutMillisForSignaledShutdown: 100,
    // A killed client's transaction blocks its documents for so long; 60 s by default.
    transactionLifetimeLimitSeconds: 15,
    // Old snapshots are never read; 300 s by default.
    minSnapshotHistoryWindowInSeconds: 1,
    ...parameters,
  };
  return [
    ...(process.platform === 'win32' ? [] : ['--nounixsocket']),
    ...(cacheSizeGb === undefined ? [] : ['--wiredTigerCacheSizeGB', String(cacheSizeGb)]),
    ...Object.entries(settings).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
  ];
}

interface LastStart {
  port: number;
  /** The id of the process that started the mongod. */
  startedBy: number;
}

async function readLastStart(folder: string): Promise<LastStart | undefined> {
  try {
    const { port, startedBy }: Partial<LastStart> = JSON.parse(
      await readFile(join(folder, LAST_START_FILE), 'utf8'),
    );
    return Number.isInteger(port) && Number.isInteger(startedBy)
      ? { port: Number(port), startedBy: Number(startedBy) }
      : undefined;
  } catch {
    return undefined;
  }
}

async function writeLastStart(folder: string, { instanceOpts }: MongodProcess): Promise<void> {
  const note: LastStart = { port: Number(instanceOpts.port), startedBy: process.pid };
  await writeFile(join(folder, LAST_START_FILE), `${JSON.stringify(note)}\n`);
}
