import { AgentId, type MetricsPeriod, type MetricsResponseTimes, type TenantId } from '@baton/schema';
import { isAgent, RESPONSE_ENDS_MS } from '../../rollup/count-entry.ts';
import { readPeriod } from '../../rollup/period.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { summarize } from './durations.ts';

/** How long customers waited for the answers that were given in the period; medians within 0.79 %. */
export async function responseTimes(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsResponseTimes> {
  const { figures } = await readPeriod(collections, tenantId, input, {
    families: ['answers', 'lengths'],
    kinds: ['message'],
  });
  const { all, bySubject } = summarize(figures, 'answers');
  return {
    all,
    byAgent: [...bySubject]
      .filter(([agentId]) => isAgent(agentId))
      .map(([agentId, summary]) => ({ agentId: AgentId.parse(agentId), ...summary }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count || a.agentId.localeCompare(b.agentId)),
    buckets: [...RESPONSE_ENDS_MS, null].map((toMs, index) => ({
      fromMs: RESPONSE_ENDS_MS[index - 1] ?? 0,
      toMs,
      count: figures.get('lengths', String(index)),
    })),
  };
}
