import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printedLines } from '../../test/printed-lines.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { buildConsole, isBuildCurrent } from './console-build.ts';

test('the console is built where a source is newer than the build, and a failure leaves the API', async () => {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  await mkdir(join(folder, 'src'));
  await mkdir(join(folder, 'dist'));
  const page = join(folder, 'dist', 'index.html');
  const sources = [join(folder, 'src')];
  expect(await isBuildCurrent(page, sources)).toBe(false);
  await writeFile(page, '');
  await writeFile(join(folder, 'src', 'main.ts'), '');
  await utimes(join(folder, 'src', 'main.ts'), 1, 1);
  expect(await isBuildCurrent(page, sources)).toBe(true);
  await utimes(page, 0, 0);
  expect(await isBuildCurrent(page, sources)).toBe(false);
  const { print, all } = printedLines();
  expect(await buildConsole(print, { console: folder })).toBeUndefined();
  expect(all()).toContain('so there is the API only');
});
