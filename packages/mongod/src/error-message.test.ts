import { expect, test } from 'vitest';

import { errorMessage } from './error-message.ts';

test.each([
  [new Error('first,\n  second\n'), 'first, second'],
  ['plain', 'plain'],
])('the reason of %o is one line', (error, expected) => {
  expect(errorMessage(error)).toBe(expected);
});
