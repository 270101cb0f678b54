import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const CONSOLE = join(ROOT, 'apps', 'console');

const SOURCES = [
  join(CONSOLE, 'src'),
  join(CONSOLE, 'public'),
  ...['client', 'domain', 'schema'].map((name) => join(ROOT, 'packages', name, 'src')),
];

async function newestModifiedMs(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  return Math.max(0, ...times);
}

/** Whether the build exists and is no older than its sources. */
export async function isBuildCurrent(page: string, sources: readonly string[]): Promise<boolean> {
  if (!existsSync(page)) return false;
  const built = (await stat(page)).mtimeMs;
  const times = await Promise.all(sources.map(newestModifiedMs));
  return times.every((time) => time <= built);
}

/**
 * Builds the console where its sources have changed. Returns its folder; undefined where the build failed.
 * @param options.console the console's package
 * @param options.signal stops the build
 */
export async function buildConsole(
  print: (line: string) => void,
  { console = CONSOLE, signal }: { console?: string; signal?: AbortSignal } = {},
): Promise<string | undefined> {
  const folder = join(console, 'dist');
  try {
    if (await isBuildCurrent(join(folder, 'index.html'), SOURCES)) return folder;
    print('Building the console …');
    const vite = join(console, 'node_modules', 'vite', 'bin', 'vite.js');
    await promisify(execFile)(process.execPath, [vite, 'build'], { cwd: console, signal });
    return folder;
  } catch (error) {
    if (signal?.aborted === true) return undefined;
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const why = stripVTControlCharacters(output)
      .split('\n')
      .find((line) => line.trim() !== '' && !line.startsWith('error during build'));
    print(`The console could not be built, so there is the API only: ${why?.trim() ?? 'it did not say why'}`);
    return undefined;
  }
}
