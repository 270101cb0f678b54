import { expect, test } from 'vitest';

import { reasonOf } from './reason.ts';

test.each([
  [new Error('first,\n  second\n'), 'first, second'],
  ['plain', 'plain'],
])('the reason of %o is one line', (error, expected) => {
  expect(reasonOf(error)).toBe(expected);
});
