// @vitest-environment node
import { type MetricsFunnel, SALES_PATH, SalesStage } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { funnelSentence, funnelSteps, SIDE_STAGES, sideSteps } from './funnel.ts';

function funnel(reached: Partial<Record<SalesStage, number>>): MetricsFunnel {
  return {
    // Others, which began before the period, entered each stage in it too.
    stages: SalesStage.options.map((stage) => ({
      stage,
      entered: 900,
      reached: reached[stage] ?? 0,
      now: 1,
    })),
    conversions: [{ from: 'lead', to: 'qualification', entered: 900, converted: 1, rate: 1 / 900 }],
  };
}

const plain = (text: string) => text.replaceAll('\u00A0', ' ');

describe('the funnel', () => {
  it('says how many of the qualified closed', () => {
    const measured = funnel({ lead: 500, qualified: 412, closed_won: 251 });
    expect(plain(funnelSentence(measured))).toBe('Of 412 that reached qualified, 61 % closed.');
  });

  it('says so where none closed, none qualified, or nothing began', () => {
    expect(funnelSentence(funnel({ lead: 5, qualified: 3 }))).toBe(
      'Of 3 that reached qualified, none has closed yet.',
    );
    expect(funnelSentence(funnel({ lead: 1 }))).toBe('1 conversation began; none has reached qualified yet.');
    expect(funnelSentence(funnel({}))).toBe('No conversation began in this period.');
  });

  it('takes each bar and its share of the bar before from the same conversations', () => {
    const steps = funnelSteps(funnel({ lead: 10, qualification: 8, qualified: 4 }));
    expect(steps.map(({ reached, ofBefore }) => [reached, ofBefore?.reached, ofBefore?.rate])).toEqual([
      [10, undefined, undefined],
      [8, 10, 0.8],
      [4, 8, 0.5],
      [0, 4, 0],
      [0, 0, null],
    ]);
  });

  it('leaves no stage out', () => {
    expect([...SALES_PATH, ...SIDE_STAGES].toSorted()).toEqual(SalesStage.options.toSorted());
    expect(sideSteps(funnel({ closed_lost: 2 })).map(({ reached }) => reached)).toEqual([0, 2, 0]);
  });
});
