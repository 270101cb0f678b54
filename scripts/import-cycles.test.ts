import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { importCycles } from './import-cycles.ts';
import { ROOT } from './project.ts';

async function cyclesOf(sources: Record<string, string>): Promise<string[][]> {
  const root = await mkdtemp(join(tmpdir(), 'baton-cycles-'));
  try {
    for (const [file, text] of Object.entries(sources)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }
    return await importCycles(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

test.each([
  ['values', "import { b } from './b.ts';"],
  ['types', "import type { B } from './b.ts';"],
  ['a module on demand', "const b = () => import('./b.ts');"],
  ['side effects', "import './b.ts';"],
  ['re-exports', "export * from './b.ts';"],
  ['several lines', "import {\n  b,\n} from './b.ts';"],
])('a cycle of %s is found', async (_, source) => {
  const sources = { 'apps/x/src/a.ts': source, 'apps/x/src/b.ts': "import { a } from './a.ts';" };
  expect(await cyclesOf(sources)).toEqual([['apps/x/src/a.ts', 'apps/x/src/b.ts']]);
});

test('a cycle through folders is found, and no file beside it', async () => {
  const sources = {
    'packages/x/src/a.ts': "import './deep/b.ts';",
    'packages/x/src/deep/b.ts': "import '../c.tsx';\nimport './leaf.ts';",
    'packages/x/src/deep/leaf.ts': '',
    'packages/x/src/c.tsx': "import './a.ts';",
    'packages/x/src/index.ts': "import './a.ts';\nimport './c.tsx';",
  };
  expect(await cyclesOf(sources)).toEqual([
    ['packages/x/src/a.ts', 'packages/x/src/c.tsx', 'packages/x/src/deep/b.ts'],
  ]);
});

test('a file that imports itself is a cycle', async () => {
  expect(await cyclesOf({ 'scripts/a.ts': "import './a.ts';" })).toEqual([['scripts/a.ts']]);
});

test('two ways to one file are no cycle', async () => {
  const sources = {
    'scripts/a.ts': "import './b.ts';\nimport './c.ts';",
    'scripts/b.ts': "import './d.ts';",
    'scripts/c.ts': "import './d.ts';",
    'scripts/d.ts': '',
  };
  expect(await cyclesOf(sources)).toEqual([]);
});

test('no files of this repository import each other in a cycle', async () => {
  expect(await importCycles(ROOT)).toEqual([]);
});
