import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONSOLE = fileURLToPath(new URL('..', import.meta.url));

/** Coverage of unit tests that run apart. */
export const UNIT_FOLDER = 'coverage-unit';

/** Whether `test:unit` covers the unit tests, as in the root's `test`. */
export const UNIT_RUNS_APART = process.env['BATON_TEST_UNIT'] === 'apart';

/** The part of Istanbul's file coverage that is read here. */
interface Covered {
  path: string;
}

/** Rewrites paths, because a cached report may come from another checkout. */
export async function unitCoverage<T extends Covered>(): Promise<Record<string, T>> {
  const text = await readFile(join(CONSOLE, UNIT_FOLDER, 'coverage-final.json'), 'utf8');
  const kept: Record<string, T> = JSON.parse(text, (key, value) =>
    // Istanbul's Infinity (end of line) is null in JSON.
    key === 'column' && value === null ? Infinity : value,
  );
  return Object.fromEntries(
    Object.entries(kept).map(([from, file]) => {
      const path = join(CONSOLE, from.slice(from.lastIndexOf('/console/src/') + '/console/'.length));
      return [path, { ...file, path }];
    }),
  );
}
