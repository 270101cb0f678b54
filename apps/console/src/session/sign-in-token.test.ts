import { expect, test } from 'vitest';
import { takeToken, parseToken } from './sign-in-token.ts';

test.each([
  ['https://baton.example/?token=a%2Db_1', 'a-b_1'],
  ['/inbox?x=1&token=abc#top', 'abc'],
  ['  abc-DEF_1 ', 'abc-DEF_1'],
  ['', null],
  ['not a token', null],
  ['https://baton.example/', null],
])('%j has the token %j', (text, token) => {
  expect(parseToken(text)).toBe(token);
});

test('a token leaves the address when it is taken, and what else stands there stays', () => {
  history.replaceState(null, '', '/inbox?stage=lead&token=abc');
  expect(takeToken(location, history)).toBe('abc');
  expect(location.pathname + location.search).toBe('/inbox?stage=lead');
  expect(takeToken(location, history)).toBeNull();
});
