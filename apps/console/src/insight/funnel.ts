import type { MetricsFunnel, SalesStage } from '@baton/schema';
import { counted } from '../format/labels.ts';
import { percent } from './format-figures.ts';

/** The way that a sale goes when nothing holds it up; the other stages are ways out of it and back. */
export const PATH = [
  'lead',
  'qualification',
  'qualified',
  'closing',
  'closed_won',
] as const satisfies SalesStage[];
export const ASIDE = ['objection_handling', 'follow_up', 'closed_lost'] as const satisfies SalesStage[];

export type FunnelStep = {
  stage: SalesStage;
  entered: number;
  now: number;
  /** Of those that entered the stage before on the path, how many went on to this one; null at the start. */
  fromBefore: { stage: SalesStage; rate: number | null; converted: number; entered: number } | null;
};

function stageOf({ stages }: MetricsFunnel, stage: SalesStage) {
  return stages.find((row) => row.stage === stage) ?? { stage, entered: 0, now: 0 };
}

function conversion({ conversions }: MetricsFunnel, from: SalesStage, to: SalesStage) {
  const found = conversions.find((row) => row.from === from && row.to === to);
  return found ?? { from, to, entered: 0, converted: 0, rate: null };
}

/** The stages of the path in order, each with what came to it from the one before. */
export function funnelSteps(funnel: MetricsFunnel): FunnelStep[] {
  return PATH.map((stage, index) => {
    const before = PATH[index - 1];
    if (before === undefined) return { ...stageOf(funnel, stage), fromBefore: null };
    const { rate, converted, entered } = conversion(funnel, before, stage);
    return { ...stageOf(funnel, stage), fromBefore: { stage: before, rate, converted, entered } };
  });
}

/** The stages beside the path: no step leads to them, so they carry counts alone. */
export function asideSteps(funnel: MetricsFunnel): FunnelStep[] {
  return ASIDE.map((stage) => ({ ...stageOf(funnel, stage), fromBefore: null }));
}

/** What the funnel says, in a sentence: "Of 412 that reached qualified, 61 % closed." */
export function funnelSentence(funnel: MetricsFunnel): string {
  const { entered, converted, rate } = conversion(funnel, 'qualified', 'closed_won');
  const leads = stageOf(funnel, 'lead').entered;
  if (entered > 0) {
    if (converted === 0)
      return `Of ${entered.toLocaleString('en')} that reached qualified, none has closed yet.`;
    return `Of ${entered.toLocaleString('en')} that reached qualified, ${percent(rate)} closed.`;
  }
  const closed = conversion(funnel, 'lead', 'closed_won');
  if (closed.converted > 0)
    return `Of ${counted(closed.entered, 'conversation')} that began, ${percent(closed.rate)} closed.`;
  if (leads === 0) return 'No conversation began or moved in this period.';
  return `${counted(leads, 'conversation')} began; none has reached qualified yet.`;
}
