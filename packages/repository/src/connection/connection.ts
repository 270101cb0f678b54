import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import type { Clock } from '../clock/clock.ts';
import { MongodbClock } from '../clock/mongodb-clock.ts';
import { type CommandListener, listenToCommands } from './command-listener.ts';
import { type PoolLoad, watchPool } from './connection-pool.ts';
import { CONNECT_TIMEOUT_MS, HEARTBEAT_MS, SOCKET_TIMEOUT_MS } from './deadlines.ts';

/** The database where the connection string names none. */
export const DEFAULT_DATABASE = 'baton';

/** MongoDB cannot be reached or used. The message names the host, never the user or the password. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

export type ConnectOptions = {
  appName?: string;
  /** Longest that one operation may keep its socket, in milliseconds; 0 for index builds that take hours. */
  socketTimeoutMs?: number;
  /** Told of each command. */
  commands?: CommandListener | undefined;
};

/** Disposing of it closes the client. */
export type Connection = AsyncDisposable & {
  client: MongoClient;
  db: Db;
  clock: Clock;
  isSharded: boolean;
  /** The client's connections now. */
  pool: () => PoolLoad;
};

/**
 * Connects to a replica set or a sharded cluster: Baton writes in transactions. Every wait has an end: 5 s
 * for a server and for a connection, 30 s for an operation unless `socketTimeoutMs` says otherwise.
 *
 * @throws StoreUnavailable
 */
export async function connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  const host = hostOf(uri);
  const client = clientOf(uri, host, options);
  const pool = watchPool(client);
  if (options.commands) listenToCommands(client, options.commands);
  try {
    const db = client.db(databaseOf(uri));
    const hello = await db.command({ hello: 1 });
    const isSharded = hello['msg'] === 'isdbgrid';
    if (hello['setName'] === undefined && !isSharded) {
      throw new StoreUnavailable(`MongoDB at ${host} is no replica set, and so has no transactions`);
    }
    const clock = MongodbClock.of(client);
    await clock.ready();
    return { client, db, clock, isSharded, pool, [Symbol.asyncDispose]: () => client.close() };
  } catch (error) {
    await client.close();
    if (error instanceof StoreUnavailable) throw error;
    throw new StoreUnavailable(`MongoDB at ${host} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function clientOf(
  uri: string,
  host: string,
  { appName = 'baton', socketTimeoutMs = SOCKET_TIMEOUT_MS, commands }: ConnectOptions,
): MongoClient {
  const settings: MongoClientOptions = {
    appName,
    // A connection string may ask for it too.
    ...(commands !== undefined && { monitorCommands: true }),
    serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    waitQueueTimeoutMS: CONNECT_TIMEOUT_MS,
    heartbeatFrequencyMS: HEARTBEAT_MS,
    socketTimeoutMS: socketTimeoutMs,
    ignoreUndefined: true,
    retryWrites: true,
    retryReads: true,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
  };
  try {
    return new MongoClient(uri, settings);
  } catch {
    // The driver's own words may quote the connection string, and so the password.
    throw new StoreUnavailable(`The connection string of MongoDB at ${host} is malformed`);
  }
}

/** Host and port as the connection string has them: what follows its last @, so that no password can be in it. */
function hostOf(uri: string): string {
  const [host] = afterCredentials(uri).split(/[/?]/, 1);
  return host || 'no host';
}

function databaseOf(uri: string): string {
  const [, name] = /^[^/?]*\/([^?]+)/.exec(afterCredentials(uri)) ?? [];
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name);
}

function afterCredentials(uri: string): string {
  const at = uri.lastIndexOf('@');
  return at === -1 ? uri.replace(/^[^/]*\/\//, '') : uri.slice(at + 1);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
