import { describe, expect, test } from 'vitest';
import { firstThatFit, PageBytes } from './page-bytes.ts';

describe('what fits a page', () => {
  test('is measured only where it could be too much', () => {
    let measured = 0;
    const item = (length: number) => ({
      toJSON: () => {
        measured += 1;
        return 'x'.repeat(length - 2);
      },
    });
    const bytes = new PageBytes(1_000);
    expect([bytes.takes(item(100), 300), bytes.takes(item(100), 300), bytes.takes(item(100), 300)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(measured).toBe(0);
    expect(bytes.takes(item(600), 1_800)).toBe(true);
    expect(measured).toBe(4);
    expect(bytes.takes(item(101), 300)).toBe(false);
  });

  test('is at least one item, however large', () => {
    const bytes = new PageBytes(10);
    expect(bytes.takes('x'.repeat(100))).toBe(true);
    expect(bytes.takes('y')).toBe(false);
  });

  test('is counted in bytes of JSON, not in characters', () => {
    const bytes = new PageBytes(100);
    expect(bytes.takes('\u0001'.repeat(10), 60)).toBe(true);
    expect(bytes.takes('€'.repeat(13), 78)).toBe(false);
  });

  test('ends before the first that does not fit; what cannot be read counts for nothing', () => {
    const large = 'x'.repeat(1_500_000);
    expect(firstThatFit([large, null, large, large, large])).toEqual({
      items: [large, null, large],
      isCut: true,
    });
    expect(firstThatFit([null, 'small', null])).toEqual({ items: [null, 'small', null], isCut: false });
  });
});
