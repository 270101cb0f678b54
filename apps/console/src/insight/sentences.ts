import type {
  MetricsAgents,
  MetricsOverview,
  MetricsResponseTimes,
  MetricsTimeInStage,
  ObjectionStats,
} from '@baton/schema';
import { formatCost, formatCompact } from '../format/number.ts';
import { formatDuration } from '../format/time.ts';
import { formatCount, objectionLabels, stageLabels } from '../format/labels.ts';
import { formatPercent } from './format-figures.ts';

/** The row in which `value` is highest; null where no row has one above zero. */
function highest<Row>(rows: readonly Row[], value: (row: Row) => number | null): Row | null {
  const best = rows.toSorted((a, b) => (value(b) ?? 0) - (value(a) ?? 0))[0];
  return best === undefined || (value(best) ?? 0) <= 0 ? null : best;
}

/** A duration that stays on one line. */
const formatUnbrokenDuration = (ms: number) => formatDuration(ms).replaceAll(' ', '\u00A0');

export function timeInStageSentence({ stages }: MetricsTimeInStage): string {
  if (stages.every(({ count }) => count === 0)) return 'No conversation left a stage in this period.';
  const longest = highest(stages, ({ medianMs }) => medianMs);
  if (longest === null || longest.medianMs === null || longest.medianMs < 1_000)
    return 'Conversations leave every stage within a second.';
  return `Conversations stay longest in ${stageLabels[longest.stage].toLowerCase()}: half of ${formatCount(longest.count, 'stay')} took more than ${formatUnbrokenDuration(longest.medianMs)}.`;
}

export function responseSentence({ all }: MetricsResponseTimes): string {
  if (all.medianMs === null || all.p90Ms === null) return 'No customer was answered in this period.';
  if (all.count === 1) return `The one answer took ${formatUnbrokenDuration(all.medianMs)}.`;
  return `Half of ${formatCount(all.count, 'answer')} came within ${formatUnbrokenDuration(all.medianMs)}, nine in ten within ${formatUnbrokenDuration(all.p90Ms)}.`;
}

export function objectionSentence({
  total,
  byType,
  resolutionRate,
  meanTimeToResolveMs,
}: ObjectionStats): string {
  const top = highest(byType, (row) => row.total);
  if (total === 0 || top === null) return 'No objection was raised in this period.';
  const about =
    total === 1
      ? `about ${objectionLabels[top.type].toLowerCase()}`
      : `most often about ${objectionLabels[top.type].toLowerCase()}`;
  const took =
    meanTimeToResolveMs === null ? '' : `, in ${formatUnbrokenDuration(meanTimeToResolveMs)} on average`;
  return `${formatCount(total, 'objection')} came up, ${about}; ${formatPercent(resolutionRate ?? 0)} resolved${took}.`;
}

export function agentsSentence({ agents }: MetricsAgents, nameOf: (agentId: string) => string): string {
  const writer = highest(agents, ({ messages }) => messages);
  const winner = highest(agents, ({ dealsWon }) => dealsWon);
  if (writer === null) return 'No agent wrote in this period.';
  const wrote = `${nameOf(writer.agentId)} wrote most, ${formatCount(writer.messages, 'message')}`;
  if (winner === null) return `${wrote}; nobody has won a deal yet.`;
  if (winner === writer) return `${wrote}, and won most, ${formatCount(winner.dealsWon, 'deal')}.`;
  return `${wrote}; ${nameOf(winner.agentId)} won most, ${formatCount(winner.dealsWon, 'deal')}.`;
}

export function costSentence(overview: MetricsOverview): string {
  const { costMicros, inputTokens, outputTokens, conversations, dealsWon } = overview;
  if (costMicros === 0 && inputTokens + outputTokens === 0) return 'No model was used in this period.';
  const each =
    conversations === 0
      ? ''
      : `, ${formatCost(Math.round(costMicros / conversations))} for each conversation begun`;
  const won = dealsWon === 0 ? '' : ` and ${formatCost(Math.round(costMicros / dealsWon))} for each deal won`;
  return `${formatCost(costMicros)} for ${formatCompact(inputTokens + outputTokens)} tokens${each}${won}.`;
}
