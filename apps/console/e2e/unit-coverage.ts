import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONSOLE = fileURLToPath(new URL('..', import.meta.url));

/** Where the unit tests leave what they covered when they run apart. */
export const UNIT_FOLDER = 'coverage-unit';

/** Whether `test:unit` has run the unit tests already, or turbo has kept what they left, as the root's `test` has it. */
export const UNIT_RUNS_APART = process.env['BATON_TEST_UNIT'] === 'apart';

/** Of Istanbul's coverage of a file, what is read here. */
interface Covered {
  path: string;
}

/** What the unit tests covered; turbo may have kept it from when the repository stood in another place. */
export async function unitCoverage<T extends Covered>(): Promise<Record<string, T>> {
  const text = await readFile(join(CONSOLE, UNIT_FOLDER, 'coverage-final.json'), 'utf8');
  const kept: Record<string, T> = JSON.parse(text, (key, value) =>
    // The end of a line, however long it is: JSON has no word for Infinity.
    key === 'column' && value === null ? Infinity : value,
  );
  return Object.fromEntries(
    Object.entries(kept).map(([from, file]) => {
      const path = join(CONSOLE, from.slice(from.lastIndexOf('/console/src/') + '/console/'.length));
      return [path, { ...file, path }];
    }),
  );
}
