import type { MetricsFigure } from '@baton/schema';
import { cost, short } from '../format/number.ts';
import { duration } from '../format/time.ts';
import { counted, stageWords } from '../format/labels.ts';

type NameOf = (agentId: string) => string;

const inStage = (stage: keyof typeof stageWords) => stageWords[stage].toLowerCase();

/** How long the answers of a figure took: `10 s to 30 s`. */
function span({ aboveMs, toMs }: { aboveMs?: number | undefined; toMs?: number | undefined }): string | null {
  if (aboveMs === undefined) return toMs === undefined ? null : `within ${duration(toMs)}`;
  return toMs === undefined
    ? `after more than ${duration(aboveMs)}`
    : `after ${duration(aboveMs)} to ${duration(toMs)}`;
}

/** What a figure counts, as the heading above the conversations behind it. */
export function behindTitle(figure: MetricsFigure, nameOf: NameOf): string {
  switch (figure.figure) {
    case 'begun':
      if (figure.isWaiting === true) return 'Waiting for an answer';
      return figure.status === undefined ? 'Begun' : `Begun, and ${figure.status} now`;
    case 'entered':
      return figure.after === undefined
        ? `Entered ${inStage(figure.stage)}`
        : `Went from ${inStage(figure.after)} to ${inStage(figure.stage)}`;
    case 'stays':
      return `Left ${inStage(figure.stage)}`;
    case 'messages':
      if (figure.agentId !== undefined) return `Messages of ${nameOf(figure.agentId)}`;
      return figure.author === 'customer' ? 'Messages of customers' : 'Messages';
    case 'answers': {
      const by = figure.agentId === undefined ? 'Answered' : `Answered by ${nameOf(figure.agentId)}`;
      const took = span(figure);
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

/** What a conversation adds to a figure, in words; null where it counts as itself, once. */
export function amountWords({ figure }: MetricsFigure, amount: number): string | null {
  switch (figure) {
    case 'begun':
    case 'entered':
    case 'worked':
      return null;
    case 'stays':
      return counted(amount, 'stay');
    case 'messages':
      return counted(amount, 'message');
    case 'answers':
      return counted(amount, 'answer');
    case 'cost':
      return cost(amount);
    case 'tokens':
      return `${short(amount)} tokens`;
    case 'handoffs':
      return counted(amount, 'handoff');
    case 'deals':
      return amount === 1 ? null : counted(amount, 'deal');
  }
}

/** How many conversations are shown, and what they add up to: `27 conversations, 108 handoffs`. */
export function behindSummary(
  figure: MetricsFigure,
  amounts: readonly number[],
  { hasMore }: { hasMore: boolean },
): string {
  const shown = counted(amounts.length, 'conversation');
  if (hasMore) return `The newest ${shown}`;
  const sum = amountWords(
    figure,
    amounts.reduce((total, amount) => total + amount, 0),
  );
  return sum === null || amounts.length === 0 ? shown : `${shown}, ${sum}`;
}
