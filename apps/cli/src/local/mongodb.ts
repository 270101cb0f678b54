import { join } from 'node:path';
import { provideMongodb, type ProvidedMongodb } from '@baton/mongod';
import { connect, type Connection } from '@baton/repository';
import { readSecret } from '@baton/server/secrets';
import { findBatonFolder, readFileIfExists } from './baton-folder.ts';

/** Holds the address of the embedded MongoDB while `baton start` runs. */
export const mongodbUriFile = (folder: string): string => join(folder, 'mongodb-uri');

export const dataFolder = (folder: string): string => join(folder, 'data');

/** Disposing it also stops a MongoDB that was started for it. */
export type MongodbConnection = Connection & { [Symbol.asyncDispose](): Promise<void> };

async function connectToRunning(folder: string): Promise<Connection | null> {
  const uri = await readFileIfExists(mongodbUriFile(folder));
  if (uri === null) return null;
  return connect(uri, { appName: 'baton-cli', socketTimeoutMs: 0 }).catch(() => null);
}

/**
 * `MONGODB_URI` or what `MONGODB_URI_FILE` has; undefined where neither is set.
 * @throws SettingsRefused
 */
export function mongodbUri(): string | undefined {
  return readSecret(process.env, 'MONGODB_URI');
}

/**
 * `MONGODB_URI`, else the MongoDB of the running `baton start`, else the embedded one, started for this command.
 */
export async function connectToMongodb(log?: (line: string) => void): Promise<MongodbConnection> {
  const folder = findBatonFolder();
  const uri = mongodbUri();
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
