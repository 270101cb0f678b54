import { expect, test } from 'vitest';
import { browserFamily } from './browser-family.ts';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
    'Safari on macOS',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
    'Microsoft Edge on Windows',
  ],
  ['a program of ours', null],
  ['', null],
  [undefined, null],
])('%j is %j', (userAgent, family) => {
  expect(browserFamily(userAgent)).toBe(family);
});

test('says little, however much a browser says', () => {
  const said = browserFamily(`Mozilla/5.0 (X11; Linux x86_64) ${'Firefox/128 '.repeat(1_000)}`) ?? '';
  expect(said.length).toBeLessThan(100);
});
