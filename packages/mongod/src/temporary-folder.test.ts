import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import { temporaryRoot } from './temporary-folder.ts';

test('temporary data lie on disk where there is no shared memory', async () => {
  expect(await temporaryRoot('/no/such/folder')).toBe(tmpdir());
});
