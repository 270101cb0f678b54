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
  const columns = [{ head: 'A' }, { head: 'B' }];
  const [plain, coloured] = [createColors(false), createColors(true)].map((colors) =>
    tableLines(columns, [[colors.red('xx'), '1']], { colors }).at(-1),
  );
  expect(coloured?.replace(createColors(true).red('xx'), 'xx')).toBe(plain);
});
