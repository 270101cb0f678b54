import { mkdir, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAlive } from './process-alive.ts';

const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Makes a folder `<prefix><pid>-…` below `parent`, to be removed by the caller. Removes those of
 * processes that died without doing so: the process is gone, and nothing was written for ten minutes.
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
    // Another process may be removing the same folder, or own it.
    if (Date.now() - modified > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Memory where there is plenty, since temporary data need no disk; else the system's temporary folder. */
export async function temporaryRoot(shared = '/dev/shm'): Promise<string> {
  const space = process.platform === 'linux' ? await statfs(shared).catch(() => undefined) : undefined;
  return space && space.bavail * space.bsize > 4 * 2 ** 30 ? shared : tmpdir();
}
