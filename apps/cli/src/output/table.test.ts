import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { tableLines } from './table.ts';

test('columns line up, numbers to the right, without a frame', () => {
  const lines = tableLines(
    [{ header: 'NAME' }, { header: 'COUNT', align: 'right' }],
    [
      ['one', '1'],
      ['eleven', '11'],
    ],
    { colors: createColors(false), width: null },
  );
  expect(lines).toEqual(['NAME    COUNT', 'one         1', 'eleven     11']);
});

test('colours do not push columns apart', () => {
  const columns = [{ header: 'A' }, { header: 'B' }];
  const [plain, coloured] = [createColors(false), createColors(true)].map((colors) =>
    tableLines(columns, [[colors.red('xx'), '1']], { colors, width: null }).at(-1),
  );
  expect(coloured?.replace(createColors(true).red('xx'), 'xx')).toBe(plain);
});

const WIDE = [
  { header: 'ID' },
  { header: 'TEXT', minWidth: 4 },
  { header: 'MORE', dropOrder: 2 },
  { header: 'FIRST', dropOrder: 1 },
];
const ROW = ['1234', 'abcdefghij', 'xxxx', 'yyyyy'];

test.each([
  [40, '1234  abcdefghij  xxxx  yyyyy'],
  [29, '1234  abcdefghij  xxxx  yyyyy'],
  [27, '1234  abcdefg…  xxxx  yyyyy'],
  [22, '1234  abcdefghij  xxxx'],
  [16, '1234  abc…  xxxx'],
  [10, '1234  abc…'],
  [5, '1234  abc…'],
])('on a screen of %i columns cells are cut first, then columns go', (width, expected) => {
  const [, line] = tableLines(WIDE, [ROW], { colors: createColors(false), width });
  expect(line).toBe(expected);
});

test('a row that lacks a cell has room for it', () => {
  const columns = [{ header: 'A' }, { header: 'B' }, { header: 'C' }];
  const lines = tableLines(columns, [['1'], ['2', '3', '4']], { colors: createColors(false), width: null });
  expect(lines).toEqual(['A  B  C', '1', '2  3  4']);
});
