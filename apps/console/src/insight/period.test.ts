// @vitest-environment node
import { MetricsPeriod } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { daysOf, InsightParams, metricsInput, periodName } from './period.ts';

const viewer = { now: '2026-11-23T23:30:00.000Z', timeZone: 'Europe/Berlin' };

describe('the period of Insight', () => {
  it('is the last thirty days of the person, today included and open to what comes', () => {
    expect(daysOf({}, viewer)).toEqual({ first: '2026-10-26', last: '2026-11-24' });
    expect(metricsInput({}, viewer)).toEqual({ from: '2026-10-25T23:00:00.000Z' });
    expect(periodName(daysOf({}, viewer))).toBe('26 Oct 2026 to 24 Nov 2026, 30 days');
  });

  it('takes both days of a custom range in', () => {
    const search = { range: 'custom', from: '2026-11-01', to: '2026-11-02', channel: 'sms' } as const;
    expect(metricsInput(search, viewer)).toEqual({
      from: '2026-10-31T23:00:00.000Z',
      to: '2026-11-02T23:00:00.000Z',
      channel: 'sms',
    });
  });

  it('reads a range that was typed the wrong way round', () => {
    expect(daysOf({ range: 'custom', from: '2026-11-05', to: '2026-11-01' }, viewer)).toEqual({
      first: '2026-11-01',
      last: '2026-11-05',
    });
  });

  it('may be open at either end', () => {
    expect(metricsInput({ range: 'all' }, viewer)).toEqual({});
    expect(periodName(daysOf({ range: 'all' }, viewer))).toBe('All time');
    expect(periodName({ first: '2026-11-01', last: null })).toBe('Since 1 Nov 2026');
    expect(periodName({ first: null, last: '2026-11-01' })).toBe('Until 1 Nov 2026');
    expect(periodName({ first: '2026-11-01', last: '2026-11-01' })).toBe('1 Nov 2026');
  });

  it('never asks for what the API refuses', () => {
    for (const range of ['7d', '30d', '90d', '365d', 'all'] as const) {
      expect(MetricsPeriod.safeParse(metricsInput({ range }, viewer)).success).toBe(true);
    }
    const oneDay = { range: 'custom', from: '2026-03-29', to: '2026-03-29' } as const;
    expect(MetricsPeriod.safeParse(metricsInput(oneDay, viewer)).success).toBe(true);
  });

  it('ignores what an address cannot mean', () => {
    expect(InsightParams.parse({ range: 'eon', from: '2026-02-30', to: 4, channel: 'pigeon' })).toEqual({});
    expect(InsightParams.parse({ range: '7d', channel: 'web' })).toEqual({ range: '7d', channel: 'web' });
  });
});
