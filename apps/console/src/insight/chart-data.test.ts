// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { chartRows } from './chart-data.ts';

describe('the rows of a chart', () => {
  it('all have as many parts as the longest, so that they stack', () => {
    const { rows, parts } = chartRows([
      { id: 'a', name: 'A', label: '3', parts: [{ value: 3, fill: 'hatched' }] },
      {
        id: 'b',
        name: 'B',
        label: '1 + 2',
        parts: [
          { value: 1, fill: 'solid' },
          { value: 2, fill: 'outlined' },
        ],
      },
    ]);
    expect(parts).toBe(2);
    expect(rows.map(({ values }) => values)).toEqual([
      [3, 0],
      [1, 2],
    ]);
    expect(rows[0]?.fills[0]).toBe('hatched');
    expect(rows[1]?.label).not.toContain(' ');
    expect(chartRows([])).toEqual({ rows: [], parts: 0 });
  });
});
