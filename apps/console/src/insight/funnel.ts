import type { MetricsFunnel, SalesStage } from '@baton/schema';
import { formatCount } from '../format/labels.ts';
import { formatPercent } from './format-figures.ts';

/** The direct path of a sale; the other stages are detours. */
export const MAIN_STAGES = [
  'lead',
  'qualification',
  'qualified',
  'closing',
  'closed_won',
] as const satisfies SalesStage[];
export const SIDE_STAGES = ['objection_handling', 'follow_up', 'closed_lost'] as const satisfies SalesStage[];

export type FunnelStep = {
  stage: SalesStage;
  entered: number;
  now: number;
  /** Conversion from the previous main stage; null for the first. */
  fromBefore: { stage: SalesStage; rate: number | null; converted: number; entered: number } | null;
};

function stageCounts({ stages }: MetricsFunnel, stage: SalesStage) {
  return stages.find((row) => row.stage === stage) ?? { stage, entered: 0, now: 0 };
}

function conversion({ conversions }: MetricsFunnel, from: SalesStage, to: SalesStage) {
  const found = conversions.find((row) => row.from === from && row.to === to);
  return found ?? { from, to, entered: 0, converted: 0, rate: null };
}

/** The main stages in order, each with its conversion. */
export function funnelSteps(funnel: MetricsFunnel): FunnelStep[] {
  return MAIN_STAGES.map((stage, index) => {
    const before = MAIN_STAGES[index - 1];
    if (before === undefined) return { ...stageCounts(funnel, stage), fromBefore: null };
    const { rate, converted, entered } = conversion(funnel, before, stage);
    return { ...stageCounts(funnel, stage), fromBefore: { stage: before, rate, converted, entered } };
  });
}

/** Stages beside the path, which have counts but no conversion. */
export function sideSteps(funnel: MetricsFunnel): FunnelStep[] {
  return SIDE_STAGES.map((stage) => ({ ...stageCounts(funnel, stage), fromBefore: null }));
}

/** "Of 412 that reached qualified, 61 % closed." */
export function funnelSentence(funnel: MetricsFunnel): string {
  const { entered, converted, rate } = conversion(funnel, 'qualified', 'closed_won');
  const leads = stageCounts(funnel, 'lead').entered;
  if (entered > 0) {
    if (converted === 0)
      return `Of ${entered.toLocaleString('en')} that reached qualified, none has closed yet.`;
    return `Of ${entered.toLocaleString('en')} that reached qualified, ${formatPercent(rate)} closed.`;
  }
  const closed = conversion(funnel, 'lead', 'closed_won');
  if (closed.converted > 0)
    return `Of ${formatCount(closed.entered, 'conversation')} that began, ${formatPercent(closed.rate)} closed.`;
  if (leads === 0) return 'No conversation began or moved in this period.';
  return `${formatCount(leads, 'conversation')} began; none has reached qualified yet.`;
}
