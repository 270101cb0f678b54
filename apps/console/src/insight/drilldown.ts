import type { MetricsFigure } from '@baton/schema';
import { formatCost, formatCompact } from '../format/number.ts';
import { formatDuration } from '../format/time.ts';
import { formatCount, stageLabels } from '../format/labels.ts';

type NameOf = (agentId: string) => string;

const stageName = (stage: keyof typeof stageLabels) => stageLabels[stage].toLowerCase();

/** `after 10 s to 30 s` */
function formatSpan({
  aboveMs,
  toMs,
}: {
  aboveMs?: number | undefined;
  toMs?: number | undefined;
}): string | null {
  if (aboveMs === undefined) return toMs === undefined ? null : `within ${formatDuration(toMs)}`;
  return toMs === undefined
    ? `after more than ${formatDuration(aboveMs)}`
    : `after ${formatDuration(aboveMs)} to ${formatDuration(toMs)}`;
}

/** The heading of a figure's drilldown. */
export function drilldownTitle(figure: MetricsFigure, nameOf: NameOf): string {
  switch (figure.figure) {
    case 'begun':
      if (figure.isWaiting === true) return 'Waiting for an answer';
      return figure.status === undefined ? 'Begun' : `Begun, and ${figure.status} now`;
    case 'entered':
      return figure.after === undefined
        ? `Entered ${stageName(figure.stage)}`
        : `Went from ${stageName(figure.after)} to ${stageName(figure.stage)}`;
    case 'reached':
      return figure.stage === 'lead' ? 'Begun' : `Begun, and reached ${stageName(figure.stage)}`;
    case 'stays':
      return `Left ${stageName(figure.stage)}`;
    case 'messages':
      if (figure.agentId !== undefined) return `Messages of ${nameOf(figure.agentId)}`;
      return figure.author === 'customer' ? 'Messages of customers' : 'Messages';
    case 'answers': {
      const by = figure.agentId === undefined ? 'Answered' : `Answered by ${nameOf(figure.agentId)}`;
      const took = formatSpan(figure);
      return took === null ? by : `${by} ${took}`;
    }
    case 'cost':
      return figure.agentId === undefined ? 'Cost of models' : `Cost of ${nameOf(figure.agentId)}`;
    case 'tokens':
      return figure.agentId === undefined ? 'Tokens' : `Tokens of ${nameOf(figure.agentId)}`;
    case 'handoffs':
      if (figure.to !== undefined) return `Handed to ${nameOf(figure.to)}`;
      return figure.from === undefined ? 'Handoffs' : `Handed on by ${nameOf(figure.from)}`;
    case 'deals': {
      const deals = figure.outcome === 'won' ? 'Deals won' : 'Deals lost';
      return figure.agentId === undefined ? deals : `${deals} by ${nameOf(figure.agentId)}`;
    }
    case 'worked':
      return `${nameOf(figure.agentId)} took part`;
  }
}

/** A conversation's share of a figure; null where it counts once. */
export function formatAmount({ figure }: MetricsFigure, amount: number): string | null {
  switch (figure) {
    case 'begun':
    case 'entered':
    case 'reached':
    case 'worked':
      return null;
    case 'stays':
      return formatCount(amount, 'stay');
    case 'messages':
      return formatCount(amount, 'message');
    case 'answers':
      return formatCount(amount, 'answer');
    case 'cost':
      return formatCost(amount);
    case 'tokens':
      return `${formatCompact(amount)} tokens`;
    case 'handoffs':
      return formatCount(amount, 'handoff');
    case 'deals':
      return amount === 1 ? null : formatCount(amount, 'deal');
  }
}

/** `27 conversations, 108 handoffs` */
export function drilldownSummary(
  figure: MetricsFigure,
  amounts: readonly number[],
  { hasMore }: { hasMore: boolean },
): string {
  const shown = formatCount(amounts.length, 'conversation');
  if (hasMore) return `The newest ${shown}`;
  const sum = formatAmount(
    figure,
    amounts.reduce((total, amount) => total + amount, 0),
  );
  return sum === null || amounts.length === 0 ? shown : `${shown}, ${sum}`;
}
