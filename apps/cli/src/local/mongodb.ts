import { join } from 'node:path';
import { provideMongodb, type ProvidedMongodb } from '@baton/mongod';
import { connect, type Connection } from '@baton/repository';
import { findBatonFolder, readFileIfExists } from './baton-folder.ts';

/** Where the running `baton start` says its embedded MongoDB is. */
export const mongodbUriFile = (folder: string): string => join(folder, 'mongodb-uri');

export const dataFolder = (folder: string): string => join(folder, 'data');

/** A connection for a command that works on the store itself, and what it started for it. */
export type MongodbConnection = Connection & { [Symbol.asyncDispose](): Promise<void> };

async function connectToRunning(folder: string): Promise<Connection | null> {
  const uri = await readFileIfExists(mongodbUriFile(folder));
  if (uri === null) return null;
  return connect(uri, { appName: 'baton-cli', socketTimeoutMs: 0 }).catch(() => null);
}

/**
 * The store's MongoDB: `MONGODB_URI`, else that of the running `baton start`, else the embedded one, started
 * for this command alone.
 */
export async function connectToMongodb(log?: (line: string) => void): Promise<MongodbConnection> {
  const folder = findBatonFolder();
  const uri = process.env['MONGODB_URI'] || undefined;
  const found = uri === undefined ? await connectToRunning(folder) : null;
  if (found !== null) return { ...found, [Symbol.asyncDispose]: () => found.client.close() };
  const mongodb: ProvidedMongodb = await provideMongodb({ uri, dataDir: dataFolder(folder), log });
  try {
    const connection = await connect(mongodb.uri, { appName: 'baton-cli', socketTimeoutMs: 0 });
    const dispose = async () => {
      await connection.client.close();
      await mongodb.stop();
    };
    return { ...connection, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await mongodb.stop();
    throw error;
  }
}
