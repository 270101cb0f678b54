import { describe, expect, it } from 'vitest';
import { compact, cost, count, counted, duration, money, percent } from './figures.ts';

/** Figures hold their unit by a space that does not break. */
const plain = (text: string) => text.replaceAll('\u00A0', ' ');

describe('figures', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '0.1 %'],
    [0.004, '0.4 %'],
    [0.614, '61 %'],
    [0.9951, '99.5 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
    [null, '–'],
  ])('show the share %s as %s', (share, shown) => {
    expect(plain(percent(share))).toBe(shown);
  });

  it.each([
    [0, '0 s'],
    [40, '0.1 s'],
    [450, '0.4 s'],
    [999, '0.9 s'],
    [1_000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [725_000, '12 min 5 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
    [null, '–'],
  ])('show %s ms as %s', (ms, shown) => {
    expect(plain(duration(ms))).toBe(shown);
  });

  it('show cents as dollars', () => {
    expect(money(0)).toBe('$0');
    expect(money(125_000)).toBe('$1,250');
    expect(money(99_950)).toBe('$999.50');
    expect(money(null)).toBe('–');
  });

  it('show what models cost, however little', () => {
    expect(cost(0)).toBe('$0');
    expect(cost(42)).toBe('$0.000042');
    expect(cost(4_180)).toBe('$0.0042');
    expect(cost(12_345_678)).toBe('$12.35');
  });

  it('count in whole numbers, and say of what', () => {
    expect(count(12_480)).toBe('12,480');
    expect(compact(1_234_567)).toBe('1.2M');
    expect(plain(counted(1, 'reply', 'replies'))).toBe('1 reply');
    expect(plain(counted(2, 'reply', 'replies'))).toBe('2 replies');
    expect(plain(counted(0, 'agent'))).toBe('0 agents');
  });
});
