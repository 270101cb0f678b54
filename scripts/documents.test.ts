import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ROOT } from './project.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', ...(await pagesIn('docs'))];

async function pagesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(ROOT, folder));
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

/** Paths from the root that a page names in backticks, such as `packages/domain/src/handoff.ts`. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:packages|apps|scripts|docs|deploy)\/[\w./-]+)`/g)].map(
    ([, path]) => path ?? '',
  );
}

describe('the documents', () => {
  test('are found, and name files', async () => {
    const text = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    expect(pathsIn(text)).toContain('packages/domain/src/evolve.ts');
  });

  test.each(PAGES)('%s names only files and folders that exist', async (page) => {
    const text = await readFile(join(ROOT, page), 'utf8');
    expect(pathsIn(text).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
