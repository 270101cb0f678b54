import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { exitCodeOf, explain, isFatal, UserError } from './failure.ts';

test('a message is shown as it is', () => {
  expect(explain(new UserError('Do this instead.'))).toBe('Do this instead.');
  expect(explain('text')).toBe('text');
});

test.each([
  Object.assign(new Error('x'), { cause: Object.assign(new Error('y'), { code: 'ECONNREFUSED' }) }),
  new Error('fetch failed'),
  Object.assign(new Error('z'), { code: 'ENOTFOUND' }),
])('a server that is away is called that: %s', (error) => {
  expect(explain(error)).toBe('The Baton server does not answer. Is it running? `baton start` starts one.');
});

test('a port that fetch never opens is called that', async () => {
  const error: unknown = await fetch('http://127.0.0.1:4190').catch((reason: unknown) => reason);
  expect(explain(new Error('x', { cause: error }))).toContain('choose another');
});

test('a failure that is no answer of the server stops an import', () => {
  expect(isFatal(new Error('fetch failed'))).toBe(true);
});

test('wrong usage ends with 2, help with 0, everything else with 1', () => {
  expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'x'))).toBe(2);
  expect(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toBe(0);
  expect(exitCodeOf(new Error('x'))).toBe(1);
});
