import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { tableLines } from './table.ts';

test('columns line up, numbers to the right, without a frame', () => {
  const lines = tableLines(
    [{ head: 'NAME' }, { head: 'COUNT', align: 'right' }],
    [
      ['one', '1'],
      ['eleven', '11'],
    ],
    { colors: createColors(false) },
  );
  expect(lines).toEqual(['NAME    COUNT', 'one         1', 'eleven     11']);
});

test('colours do not push columns apart', () => {
  const colors = createColors(true);
  const [, first, second] = tableLines(
    [{ head: 'A' }, { head: 'B' }],
    [
      [colors.red('xx'), '1'],
      ['yy', '2'],
    ],
    { colors },
  );
  expect(first?.replaceAll(/\u001B\[\d+m/g, '').indexOf('1')).toBe(second?.indexOf('2'));
});
