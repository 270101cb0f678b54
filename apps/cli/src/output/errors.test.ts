import { TRPCClientError } from '@trpc/client';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { exitCodeFor, errorMessage, errorJson, isFatal, UserError } from './errors.ts';

test('a message is shown as it is', () => {
  expect(errorMessage(new UserError('Do this instead.'))).toBe('Do this instead.');
  expect(errorMessage('text')).toBe('text');
});

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

test.each([TRPCClientError.from(new Error('x', { cause: refused })), new Error('fetch failed')])(
  'a server that is away is called that: %s',
  (error) => {
    expect(errorMessage(error)).toBe(
      'The Baton server does not answer. Is it running? `npx -y pnpm@12 start` starts one.',
    );
  },
);

test('a MongoDB that is away is not taken for the server', () => {
  const error = new Error('MongoDB at 127.0.0.1:1 cannot be used', { cause: refused });
  expect(errorMessage(error)).toBe('MongoDB at 127.0.0.1:1 cannot be used');
});

test('for machines a failure is JSON, without a code where the server gave none', () => {
  expect(JSON.parse(errorJson(new UserError('Do this instead.')))).toEqual({
    error: { code: null, message: 'Do this instead.' },
  });
});

test('a port that fetch never opens is called that', async () => {
  const error: unknown = await fetch('http://127.0.0.1:4190').catch((reason: unknown) => reason);
  expect(errorMessage(new Error('x', { cause: error }))).toContain('choose another');
});

test('a failure that is no answer of the server stops an import', () => {
  expect(isFatal(new Error('fetch failed'))).toBe(true);
});

test('wrong usage ends with 2, help with 0, everything else with 1', () => {
  expect(exitCodeFor(new CommanderError(1, 'commander.unknownOption', 'x'))).toBe(2);
  expect(exitCodeFor(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toBe(0);
  expect(exitCodeFor(new Error('x'))).toBe(1);
});
