import { AgentId, type MetricsAgents, type MetricsPeriod, type TenantId } from '@baton/schema';
import { isAgent } from '../../rollup/count-entry.ts';
import { type PeriodFigures, readPeriod, zoneFilter } from '../../rollup/period.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { addDistinctEnds, distinctWork } from './distinct.ts';
import { aggregateEntries, ownerBeforeEntry } from './entries.ts';

type AgentRow = MetricsAgents['agents'][number];

/** Deals that were won at the ends of the period, each by the agent that owned the conversation then. */
async function addDealsAtEnds(
  collections: Collections,
  tenantId: TenantId,
  { channel }: MetricsPeriod,
  { figures, parts, ends }: PeriodFigures,
): Promise<void> {
  if (!ends.some(({ kind, outcome }) => kind === 'deal' && outcome === 'won')) return;
  for (const zone of parts.ends) {
    const won = { tenantId, kind: 'deal', at: zoneFilter(zone), outcome: 'won', ...(channel && { channel }) };
    const rows = await aggregateEntries<{ _id: unknown; count: number }>(collections, won, [
      ...ownerBeforeEntry(collections, tenantId),
      { $group: { _id: '$owner', count: { $sum: 1 } } },
    ]);
    for (const { _id, count } of rows) if (isAgent(_id)) figures.add('agents', `${_id}:dealsWon`, count);
  }
}

/** What each agent did in the period; who wrote most comes first. */
export async function agents(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsAgents> {
  const period = await readPeriod(collections, tenantId, input, {
    families: ['agents', 'work'],
    kinds: ['created', 'message', 'owner', 'deal'],
  });
  const { figures, ends } = period;
  await Promise.all([
    addDealsAtEnds(collections, tenantId, input, period),
    addDistinctEnds(
      { ...period, ends: ends.filter(({ kind }) => kind !== 'deal') },
      distinctWork(collections, tenantId),
    ),
  ]);
  const worked = figures.of('work');
  const work = figures.subjects('agents');
  const rows = [...new Set([...worked.keys(), ...work.keys()])].map((id): AgentRow => {
    const done = (name: string) => work.get(id)?.get(name) ?? 0;
    const answers = done('answers');
    return {
      agentId: AgentId.parse(id),
      conversations: worked.get(id) ?? 0,
      messages: done('messages'),
      handoffsIn: done('handoffsIn'),
      handoffsOut: done('handoffsOut'),
      dealsWon: done('dealsWon'),
      meanResponseMs: answers === 0 ? null : done('responseMs') / answers,
      inputTokens: done('inputTokens'),
      outputTokens: done('outputTokens'),
      costMicros: done('costMicros'),
    };
  });
  return {
    agents: rows
      .filter(({ conversations, dealsWon }) => conversations > 0 || dealsWon > 0)
      .toSorted((a, b) => b.messages - a.messages || a.agentId.localeCompare(b.agentId)),
  };
}
