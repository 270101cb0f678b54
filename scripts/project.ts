import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** One package or app that has tests. */
export interface Project {
  name: string;
  /** Absolute. */
  folder: string;
  /** Whether its unit tests run apart from the others: turbo keeps how they ended until the sources change. */
  hasUnit: boolean;
  /** Whether it has tests of how long something takes, beside which nothing else may run. */
  hasAlone: boolean;
}

/** All packages, then all apps, each by name. */
export async function projects(): Promise<Project[]> {
  const folders = await Promise.all(
    ['packages', 'apps'].map(async (group) => {
      const names = await readdir(join(ROOT, group));
      return names.toSorted().map((name) => join(ROOT, group, name));
    }),
  );
  const found = await Promise.all(folders.flat().map(projectAt));
  return found.filter((project) => project !== undefined);
}

async function projectAt(folder: string): Promise<Project | undefined> {
  const manifest = await readJson<{ name: string; scripts?: Record<string, string> }>(
    join(folder, 'package.json'),
  );
  const { name, scripts = {} } = manifest ?? {};
  if (name === undefined || scripts['test'] === undefined) return undefined;
  return { name, folder, hasUnit: 'test:unit' in scripts, hasAlone: 'test:alone' in scripts };
}

/** What the file holds, which the caller vouches for; nothing where there is none or it is broken. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    const held: T = JSON.parse(await readFile(path, 'utf8'));
    return held;
  } catch {
    return undefined;
  }
}
