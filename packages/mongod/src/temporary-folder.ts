import { mkdir, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAlive } from './process-alive.ts';

const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Makes a folder `<prefix><pid>-…` in `parent`, which the caller removes. Also removes the folders of processes that
 * have died, once nothing was written there for ten minutes.
 */
export async function temporaryFolder(parent: string, prefix: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent, prefix);
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = join(parent, name);
    const modified = await stat(folder).then(
      (found) => found.mtimeMs,
      () => Date.now(),
    );
    // Another process may be removing it too, or another user own it.
    if (Date.now() - modified > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Shared memory where more than 4 GB are free, else the system's temporary folder. */
export async function temporaryRoot(shared = '/dev/shm'): Promise<string> {
  const space = process.platform === 'linux' ? await statfs(shared).catch(() => undefined) : undefined;
  return space && space.bavail * space.bsize > 4 * 2 ** 30 ? shared : tmpdir();
}
