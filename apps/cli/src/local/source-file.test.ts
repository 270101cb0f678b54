import { expect, test } from 'vitest';
import { UserError } from '../output/errors.ts';
import { fileError, readSource, requireReadable } from './source-file.ts';

test.each([
  ['what the system calls by a code in plain words', { code: 'EACCES' }, 'access to it is denied'],
  ['what it explains by itself in its words', new Error('The disk is full'), 'The disk is full'],
  ['anything else as it is', 'out of luck', 'out of luck'],
])('says why a file cannot be written: %s', (_name, error, why) => {
  expect(fileError('write', 'a.jsonl', error)).toMatchObject({ message: `Cannot write a.jsonl: ${why}.` });
});

test('a file that is not there is named', async () => {
  for (const look of [requireReadable, readSource]) {
    const refused = await look('/nowhere/a.csv').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({
      message: 'Cannot read /nowhere/a.csv: there is no such file or folder.',
    });
  }
});
