import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** One package or app that has tests. */
export interface Project {
  name: string;
  /** Absolute. */
  folder: string;
  /** Whether it has a script for unit tests, whose result turbo caches. */
  hasUnit: boolean;
  /** Whether it has tests that run alone. */
  hasAlone: boolean;
}

/** All packages and then all apps that have tests, by name. */
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

/** The file's JSON, of a type that the caller must know; undefined where it is missing or broken. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    const value: T = JSON.parse(await readFile(path, 'utf8'));
    return value;
  } catch {
    return undefined;
  }
}
