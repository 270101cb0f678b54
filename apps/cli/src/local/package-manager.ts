import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from '@baton/mongod';

const POLL_INTERVAL_MS = 500;

type ProcessInfo = { parent: number; command: string };

async function processInfo(pid: number): Promise<ProcessInfo | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,args=', '-p', String(pid)]);
    const [, parent, command = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout) ?? [];
    return parent === undefined ? null : { parent: Number(parent), command };
  } catch {
    return null;
  }
}

const isShell = (command: string): boolean => /^(\S*\/)?(sh|dash|bash) -c /.test(command);
const isPackageManager = (command: string): boolean => /\b(npm|npx|pnpm)\b/.test(command);

/** The package managers that run this process as a script, with the shells between them; else none. */
export async function packageManagersAbove(parent: number = process.ppid): Promise<number[]> {
  if (process.env['npm_lifecycle_event'] === undefined) return [];
  const found: number[] = [];
  let between: number[] = [];
  for (let pid = parent; pid > 1;) {
    const seen = await processInfo(pid);
    if (seen === null) break;
    if (isShell(seen.command)) between.push(pid);
    else if (isPackageManager(seen.command)) {
      found.push(...between, pid);
      between = [];
    } else break;
    pid = seen.parent;
  }
  return found;
}

/**
 * Resolves when one of them has ended, and never where there is none: a signal to `npx` reaches nothing below it.
 */
export async function packageManagerExit(
  managers: readonly number[],
  intervalMs: number = POLL_INTERVAL_MS,
): Promise<string> {
  if (managers.length === 0) return new Promise(() => undefined);
  while (managers.every(isAlive)) await sleep(intervalMs, undefined, { ref: false });
  return 'What started Baton is gone.';
}
