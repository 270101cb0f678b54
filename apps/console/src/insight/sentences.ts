import type {
  MetricsAgents,
  MetricsOverview,
  MetricsResponseTimes,
  MetricsTimeInStage,
  ObjectionStats,
} from '@baton/schema';
import { cost, short } from '../format/number.ts';
import { duration } from '../format/time.ts';
import { counted, objectionWords, stageWords } from '../format/labels.ts';
import { percent } from './format-figures.ts';

/** The row in which `value` is highest; null where no row has one above zero. */
function most<Row>(rows: readonly Row[], value: (row: Row) => number | null): Row | null {
  const best = rows.toSorted((a, b) => (value(b) ?? 0) - (value(a) ?? 0))[0];
  return best === undefined || (value(best) ?? 0) <= 0 ? null : best;
}

/** A length of time that stays on one line. */
const spell = (ms: number) => duration(ms).replaceAll(' ', '\u00A0');

/** What holds conversations up longest. */
export function timeInStageSentence({ stages }: MetricsTimeInStage): string {
  if (stages.every(({ count }) => count === 0)) return 'No conversation left a stage in this period.';
  const longest = most(stages, ({ medianMs }) => medianMs);
  if (longest === null || longest.medianMs === null || longest.medianMs < 1_000)
    return 'Conversations leave every stage within a second.';
  return `Conversations stay longest in ${stageWords[longest.stage].toLowerCase()}: half of ${counted(longest.count, 'stay')} took more than ${spell(longest.medianMs)}.`;
}

/** How fast customers are answered. */
export function responseSentence({ all }: MetricsResponseTimes): string {
  if (all.medianMs === null || all.p90Ms === null) return 'No customer was answered in this period.';
  if (all.count === 1) return `The one answer took ${spell(all.medianMs)}.`;
  return `Half of ${counted(all.count, 'answer')} came within ${spell(all.medianMs)}, nine in ten within ${spell(all.p90Ms)}.`;
}

/** What customers object to, and what comes of it. */
export function objectionSentence({
  total,
  byType,
  resolutionRate,
  meanTimeToResolveMs,
}: ObjectionStats): string {
  const top = most(byType, (row) => row.total);
  if (total === 0 || top === null) return 'No objection was raised in this period.';
  const about =
    total === 1
      ? `about ${objectionWords[top.type].toLowerCase()}`
      : `most often about ${objectionWords[top.type].toLowerCase()}`;
  const took = meanTimeToResolveMs === null ? '' : `, in ${spell(meanTimeToResolveMs)} on average`;
  return `${counted(total, 'objection')} came up, ${about}; ${percent(resolutionRate ?? 0)} resolved${took}.`;
}

/** Who did most. */
export function agentsSentence({ agents }: MetricsAgents, nameOf: (agentId: string) => string): string {
  const writer = most(agents, ({ messages }) => messages);
  const winner = most(agents, ({ dealsWon }) => dealsWon);
  if (writer === null) return 'No agent wrote in this period.';
  const wrote = `${nameOf(writer.agentId)} wrote most, ${counted(writer.messages, 'message')}`;
  if (winner === null) return `${wrote}; nobody has won a deal yet.`;
  if (winner === writer) return `${wrote}, and won most, ${counted(winner.dealsWon, 'deal')}.`;
  return `${wrote}; ${nameOf(winner.agentId)} won most, ${counted(winner.dealsWon, 'deal')}.`;
}

/** What the models cost, and for what. */
export function costSentence(overview: MetricsOverview): string {
  const { costMicros, inputTokens, outputTokens, conversations, dealsWon } = overview;
  if (costMicros === 0 && inputTokens + outputTokens === 0) return 'No model was used in this period.';
  const each =
    conversations === 0
      ? ''
      : `, ${cost(Math.round(costMicros / conversations))} for each conversation begun`;
  const won = dealsWon === 0 ? '' : ` and ${cost(Math.round(costMicros / dealsWon))} for each deal won`;
  return `${cost(costMicros)} for ${short(inputTokens + outputTokens)} tokens${each}${won}.`;
}
