import { stagesFrom } from '@baton/domain';
import { SalesStage, type TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { isStage, millisecondsOf } from '../../rollup/count-entry.ts';
import { agentsIn } from '../../rollup/distinct.ts';
import type { Zone } from '../../rollup/figures.ts';
import { HOUR_MS } from '../../rollup/hours.ts';
import { type PeriodFigures, zoneFilter } from '../../rollup/period.ts';
import type { DistinctFamily } from '../../rollup/tally.ts';
import type { Collections } from '../../schema/open-collections.ts';

/** The agents that worked in a conversation with these entries. */
export function workOfEntries(entries: readonly Document[]): Set<string> {
  return new Set(entries.flatMap(agentsIn));
}

/** The figures of stages in which a conversation with these entries counts, in the order of its timeline. */
export function stagesOfEntries(entries: readonly Document[]): Set<string> {
  const figures = new Set<string>();
  const entered = new Set<SalesStage>();
  let began = false;
  for (const entry of entries) {
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

/** A family of distinct figures: in which of them some entries count, and how a conversation's are read in a period. */
type Distinct = {
  family: DistinctFamily;
  figuresOf: (entries: readonly Document[]) => Set<string>;
  history: (ids: ObjectId[], period: Zone) => Promise<Document[]>;
};

/**
 * Brings the distinct figures of a period's whole hours to the period itself: only conversations with entries at its ends
 * may count otherwise.
 */
export async function addDistinctEnds(
  { figures, parts: { hours, ends: zones }, ends }: PeriodFigures,
  { family, figuresOf, history }: Distinct,
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
    for (const key of figuresOf(timeline)) figures.add(family, key);
    for (const key of figuresOf(timeline.filter(inHours))) figures.add(family, key, -1);
  }
}

function byConversation(entries: readonly Document[]): Document[][] {
  const grouped = Map.groupBy(entries, (entry) => String(entry['conversationId']));
  return [...grouped.values()].map((timeline) => timeline.toSorted((a, b) => a['seq'] - b['seq']));
}

const FIELDS = { conversationId: 1, seq: 1, at: 1, kind: 1, author: 1, agentId: 1, from: 1, to: 1 };

/** Stages, by the entries with which conversations enter them. */
export function distinctStages(collections: Collections, tenantId: TenantId): Distinct {
  return {
    family: 'stages',
    figuresOf: stagesOfEntries,
    history(ids, period) {
      const conversations = { tenantId, conversationId: { $in: ids } };
      const $or = ['created', 'stage'].map((kind) => ({ ...conversations, kind, at: zoneFilter(period) }));
      return collections.timeline.collection
        .find({ $or }, { maxTimeMS: METRICS_TIMEOUT_MS, projection: FIELDS })
        .hint('by_conversation_kind')
        .toArray();
    },
  };
}

/** Agents, by the entries that show them at work. */
export function distinctWork(collections: Collections, tenantId: TenantId): Distinct {
  return {
    family: 'work',
    figuresOf: workOfEntries,
    history: (ids, period) =>
      collections.timeline.collection
        .find(
          {
            tenantId,
            conversationId: { $in: ids },
            kind: { $in: ['created', 'message', 'owner'] },
            at: zoneFilter(period),
            'author.kind': { $in: ['agent', null] },
          },
          { maxTimeMS: METRICS_TIMEOUT_MS, projection: FIELDS },
        )
        .hint('by_seq')
        .toArray(),
  };
}
