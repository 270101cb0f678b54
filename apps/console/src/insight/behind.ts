import type { AgentId, Channel, MetricsInput, SalesStage } from '@baton/schema';
import type { InboxSearch } from '../inbox/inbox-search.ts';

type Wanted = { stage?: SalesStage; agentId?: AgentId; isWaiting?: boolean };

/**
 * The inbox's address for the conversations behind a figure: those of the channel that changed in the period and
 * stand in that stage, or belong to that agent, now.
 */
export function behind(
  { from, channel }: MetricsInput,
  { stage, agentId, isWaiting }: Wanted = {},
): InboxSearch {
  const of: { channel?: Channel } = channel === undefined ? {} : { channel };
  if (isWaiting === true) return { ...of, sort: 'waiting' };
  return {
    status: 'any',
    ...of,
    ...(from !== undefined && { since: from }),
    ...(stage && { stage }),
    ...(agentId && { agent: agentId }),
  };
}
