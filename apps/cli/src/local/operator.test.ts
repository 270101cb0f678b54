import { expect, test } from 'vitest';
import { operator } from './operator.ts';

test('an operator has the name of the account', () => {
  const account = () => ({ username: 'ann' });
  expect(operator(account)).toEqual({ kind: 'operator', id: 'ann', agentId: null });
});

test('an operator whose account has no name is nobody in particular', () => {
  const account = () => {
    throw new Error('ENOENT: no such user');
  };
  expect(operator(account)).toEqual({ kind: 'operator', id: null, agentId: null });
});
