import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** `.baton` here or in the nearest parent that has one. */
export function findBatonFolder(from: string = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, '.baton');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return join(resolve(from), '.baton');
  }
}

/** Writes a file atomically that only its owner may read. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

export async function readFileIfExists(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

export const removeFile = (file: string): Promise<void> => rm(file, { force: true });
