import { glob, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const SOURCES = new URL('..', import.meta.url);

/** These open collections by name: for the schema, the leases, and the record of migrations. */
const BY_NAME = [
  'maintenance/leases.ts',
  'maintenance/migrations.ts',
  'maintenance/schema-report.ts',
  'observe/backlog.ts',
  'schema/open-collections.ts',
  'storage/gridfs-storage.ts',
];

test('no other module reaches a collection past the types that ask for its tenant', async () => {
  const found: string[] = [];
  for await (const path of glob('**/*.ts', { cwd: SOURCES })) {
    if (path.includes('.test')) continue;
    const source = await readFile(new URL(path, SOURCES), 'utf8');
    if (/\.collection\s*[<(]/.test(source)) found.push(path);
  }
  expect(found.toSorted()).toEqual(BY_NAME);
});
