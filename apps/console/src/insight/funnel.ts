import { type MetricsFunnel, SALES_PATH, SalesStage } from '@baton/schema';
import { formatCount } from '../format/labels.ts';
import { formatPercent } from './format-figures.ts';

export const SIDE_STAGES = SalesStage.options.filter((stage) => !SALES_PATH.includes(stage));

/** One bar: every number but `entered` and `now` is of the conversations that began in the period. */
export type FunnelStep = {
  stage: SalesStage;
  reached: number;
  entered: number;
  now: number;
  /** The share of those that reached the main stage before; null for the first. */
  ofBefore: { stage: SalesStage; reached: number; rate: number | null } | null;
};

function stageCounts({ stages }: MetricsFunnel, stage: SalesStage) {
  return stages.find((row) => row.stage === stage) ?? { stage, reached: 0, entered: 0, now: 0 };
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The stages on the path of a sale in order, each with its share of the one before. */
export function funnelSteps(funnel: MetricsFunnel): FunnelStep[] {
  return SALES_PATH.map((stage, index) => {
    const counts = stageCounts(funnel, stage);
    const before = SALES_PATH[index - 1];
    if (before === undefined) return { ...counts, ofBefore: null };
    const { reached } = stageCounts(funnel, before);
    return { ...counts, ofBefore: { stage: before, reached, rate: shareOf(counts.reached, reached) } };
  });
}

/** Stages beside the path, which have counts but no share. */
export function sideSteps(funnel: MetricsFunnel): FunnelStep[] {
  return SIDE_STAGES.map((stage) => ({ ...stageCounts(funnel, stage), ofBefore: null }));
}

/** "Of 412 that reached qualified, 61 % closed." */
export function funnelSentence(funnel: MetricsFunnel): string {
  const { reached: begun } = stageCounts(funnel, 'lead');
  const { reached: qualified } = stageCounts(funnel, 'qualified');
  const { reached: won } = stageCounts(funnel, 'closed_won');
  if (begun === 0) return 'No conversation began in this period.';
  if (qualified === 0) return `${formatCount(begun, 'conversation')} began; none has reached qualified yet.`;
  if (won === 0) return `Of ${qualified.toLocaleString('en')} that reached qualified, none has closed yet.`;
  return `Of ${qualified.toLocaleString('en')} that reached qualified, ${formatPercent(shareOf(won, qualified))} closed.`;
}
