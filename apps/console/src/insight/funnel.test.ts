// @vitest-environment node
import { type MetricsFunnel, SalesStage } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { SIDE_STAGES, sideSteps, funnelSentence, funnelSteps, MAIN_STAGES } from './funnel.ts';

type Count = [from: SalesStage, to: SalesStage, converted: number];

function funnel(entered: Partial<Record<SalesStage, number>>, counts: Count[] = []): MetricsFunnel {
  return {
    stages: SalesStage.options.map((stage) => ({ stage, entered: entered[stage] ?? 0, now: 1 })),
    conversions: counts.map(([from, to, converted]) => {
      const all = entered[from] ?? 0;
      return { from, to, entered: all, converted, rate: all === 0 ? null : converted / all };
    }),
  };
}

const plain = (text: string) => text.replaceAll('\u00A0', ' ');

describe('the funnel', () => {
  it('says how many of the qualified closed', () => {
    const measured = funnel({ qualified: 412, closed_won: 260 }, [['qualified', 'closed_won', 251]]);
    expect(plain(funnelSentence(measured))).toBe('Of 412 that reached qualified, 61 % closed.');
  });

  it('says so where none closed, none qualified, or nothing happened', () => {
    expect(funnelSentence(funnel({ qualified: 3 }, [['qualified', 'closed_won', 0]]))).toBe(
      'Of 3 that reached qualified, none has closed yet.',
    );
    expect(funnelSentence(funnel({ lead: 4 }, [['lead', 'closed_won', 1]]))).toBe(
      'Of 4 conversations that began, 25\u00A0% closed.',
    );
    expect(funnelSentence(funnel({ lead: 1 }))).toBe('1 conversation began; none has reached qualified yet.');
    expect(funnelSentence(funnel({}))).toBe('No conversation began or moved in this period.');
  });

  it('follows the path of a sale, each step with what came from the one before', () => {
    const measured = funnel({ lead: 10, qualification: 8, qualified: 4 }, [
      ['lead', 'qualification', 5],
      ['qualification', 'qualified', 4],
    ]);
    const [lead, qualification, qualified, closing] = funnelSteps(measured);
    expect(lead).toMatchObject({ stage: 'lead', entered: 10, fromBefore: null });
    expect(qualification?.fromBefore).toEqual({ stage: 'lead', rate: 0.5, converted: 5, entered: 10 });
    expect(qualified?.fromBefore?.rate).toBe(0.5);
    expect(closing?.fromBefore?.rate).toBeNull();
  });

  it('leaves no stage out', () => {
    expect([...MAIN_STAGES, ...SIDE_STAGES].toSorted()).toEqual(SalesStage.options.toSorted());
    expect(sideSteps(funnel({ closed_lost: 2 })).map(({ entered }) => entered)).toEqual([0, 0, 2]);
  });
});
