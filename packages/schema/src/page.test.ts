import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Cents, Confidence, Milliseconds, page, pageFields } from './page.ts';

const Input = z.strictObject(pageFields);

describe('a page', () => {
  it('has 25 items unless the caller says otherwise, one to 100', () => {
    expect(Input.parse({})).toEqual({ limit: 25 });
    for (const limit of [1, 100]) expect(Input.safeParse({ limit }).success).toBe(true);
    for (const limit of [0, 101, 2.5, '25']) expect(Input.safeParse({ limit }).success).toBe(false);
  });

  it('ends with the cursor of the next, or null', () => {
    const Names = page(z.string());
    expect(Names.parse({ items: ['a'], nextCursor: null })).toEqual({ items: ['a'], nextCursor: null });
    expect(Names.safeParse({ items: ['a'] }).success).toBe(false);
  });
});

describe('numbers', () => {
  it('of money are whole cents, of durations whole milliseconds', () => {
    for (const schema of [Cents, Milliseconds]) {
      expect(schema.safeParse(0).success).toBe(true);
      for (const value of [-1, 0.5, '1', Number.NaN]) expect(schema.safeParse(value).success).toBe(false);
    }
  });

  it('of confidence are 0 to 1', () => {
    for (const value of [0, 0.5, 1]) expect(Confidence.parse(value)).toBe(value);
    for (const value of [-0.01, 1.01, 90, Number.POSITIVE_INFINITY]) {
      expect(Confidence.safeParse(value).success).toBe(false);
    }
  });
});
