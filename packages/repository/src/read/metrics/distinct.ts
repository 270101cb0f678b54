import type { MetricsPeriod, TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { isStage, millisecondsOf } from '../../rollup/count-entry.ts';
import { agentsIn, stagesFrom } from '../../rollup/distinct.ts';
import type { Zone } from '../../rollup/figures.ts';
import { HOUR_MS } from '../../rollup/hours.ts';
import { type PeriodFigures, zoneFilter } from '../../rollup/period.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { SalesStage } from '@baton/schema';

/** The distinct figures in which a conversation with these entries counts, in the order of its timeline. */
export function figuresOfEntries(entries: readonly Document[]): Set<string> {
  const figures = new Set<string>();
  const entered = new Set<SalesStage>();
  let began = false;
  for (const entry of entries) {
    for (const agentId of agentsIn(entry)) figures.add(`worked:${agentId}`);
    const isCreated = entry['kind'] === 'created';
    began ||= isCreated;
    const stage: unknown = isCreated ? 'lead' : entry['kind'] === 'stage' ? entry['to'] : null;
    if (!isStage(stage)) continue;
    for (const from of entered) if (from !== stage) figures.add(`converted:${from}:${stage}`);
    entered.add(stage);
    figures.add(`entered:${stage}`);
  }
  for (const stage of began ? SalesStage.options : [])
    if (stagesFrom(stage).some((one) => entered.has(one))) figures.add(`reached:${stage}`);
  return figures;
}

type ReadHistory = (ids: ObjectId[], period: Zone) => Promise<Document[]>;

/**
 * Brings the distinct figures of a period's whole hours to the period itself: only conversations with entries at its ends
 * may count otherwise.
 * @param history reads the entries of conversations in a period that count for the figures
 */
export async function addDistinctEnds(
  { figures, parts: { hours, ends: zones }, ends }: PeriodFigures,
  history: ReadHistory,
): Promise<void> {
  if (ends.length === 0) return;
  const period = {
    from: Math.min(...zones.map(({ from }) => from), (hours?.from ?? Number.POSITIVE_INFINITY) * HOUR_MS),
    to: Math.max(...zones.map(({ to }) => to), (hours?.to ?? Number.NEGATIVE_INFINITY) * HOUR_MS),
  };
  const ids = [
    ...new Map(ends.map((entry) => [String(entry['conversationId']), entry['conversationId']])).values(),
  ];
  const known = ids.filter((id) => id instanceof ObjectId);
  // Where the period has no whole hour, the entries at its ends are all that it has.
  const entries = hours === null ? ends : await history(known, period);
  const inHours = (entry: Document) => {
    const at = millisecondsOf(entry['at']);
    return hours !== null && at !== null && at >= hours.from * HOUR_MS && at < hours.to * HOUR_MS;
  };
  for (const timeline of byConversation(entries)) {
    for (const key of figuresOfEntries(timeline)) figures.add('distinct', key);
    for (const key of figuresOfEntries(timeline.filter(inHours))) figures.add('distinct', key, -1);
  }
}

function byConversation(entries: readonly Document[]): Document[][] {
  const grouped = Map.groupBy(entries, (entry) => String(entry['conversationId']));
  return [...grouped.values()].map((timeline) => timeline.toSorted((a, b) => a['seq'] - b['seq']));
}

const FIELDS = { conversationId: 1, seq: 1, at: 1, kind: 1, author: 1, agentId: 1, from: 1, to: 1 };

/** The entries by which conversations enter stages. */
export function stageHistory(collections: Collections, tenantId: TenantId): ReadHistory {
  return (ids, period) => {
    const conversations = { tenantId, conversationId: { $in: ids } };
    const $or = ['created', 'stage'].map((kind) => ({ ...conversations, kind, at: zoneFilter(period) }));
    return collections.timeline.collection
      .find({ $or }, { maxTimeMS: METRICS_TIMEOUT_MS, projection: FIELDS })
      .hint('by_conversation_kind')
      .toArray();
  };
}

/** The entries that show which agents worked in conversations. */
export function workHistory(
  collections: Collections,
  tenantId: TenantId,
  channel: MetricsPeriod['channel'],
): ReadHistory {
  return (ids, period) =>
    collections.timeline.collection
      .find(
        {
          tenantId,
          conversationId: { $in: ids },
          kind: { $in: ['created', 'message', 'owner'] },
          at: zoneFilter(period),
          'author.kind': { $in: ['agent', null] },
          ...(channel && { channel }),
        },
        { maxTimeMS: METRICS_TIMEOUT_MS, projection: FIELDS },
      )
      .hint('by_seq')
      .toArray();
}
