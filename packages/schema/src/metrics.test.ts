import { describe, expect, it } from 'vitest';
import { MetricsPeriod } from './metrics.ts';

const from = '2026-01-05T09:00:00.000Z';
const to = '2026-01-06T09:00:00.000Z';

describe('the period of metrics', () => {
  it('may be open on both ends', () => {
    for (const input of [{}, { from }, { to }, { from, to }]) {
      expect(MetricsPeriod.parse(input)).toEqual(input);
    }
  });

  it.each([
    ['ends before it begins', { from: to, to: from }],
    ['has no length', { from, to: from }],
  ])('is refused where it %s', (_, input) => {
    expect(MetricsPeriod.safeParse(input).error?.issues[0]?.path).toEqual(['to']);
  });
});
