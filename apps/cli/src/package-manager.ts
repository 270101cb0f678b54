import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const LOOK_EVERY_MS = 500;

/** The parent of a process; null where nobody can say. */
async function parentOf(pid: number): Promise<number | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]);
    return Number(stdout) || null;
  } catch {
    return null;
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // One of another user may not be asked, but is there.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/**
 * Resolves when the package manager that runs this as a script is gone, and never where there is none: a signal
 * to `npx` alone ends it and its shells, and reaches nothing below them.
 */
export async function packageManagerGone(
  parent: number = process.ppid,
  everyMs: number = LOOK_EVERY_MS,
): Promise<string> {
  if (process.env['npm_lifecycle_event'] === undefined) return new Promise(() => undefined);
  // A shell stands between, unless it has made way.
  const above = [parent, await parentOf(parent)].filter((pid): pid is number => pid !== null && pid > 1);
  while (!above.some(isGone)) await sleep(everyMs, undefined, { ref: false });
  return 'What started Baton is gone.';
}
