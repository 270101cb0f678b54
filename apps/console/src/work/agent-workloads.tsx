import type { AgentWorkload } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { formatDuration } from '../format/time.ts';
import { formatCount } from '../format/labels.ts';
import { useWorkload } from '../live/use-workload.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { RowsLoading } from './rows-loading.tsx';

/** The bar stays full above the capacity. */
function Load({ activeConversations, agent: { capacity }, load }: AgentWorkload) {
  return (
    <span className="flex items-center gap-2">
      {load !== null && (
        <span aria-hidden className="relative h-1 w-12 overflow-hidden rounded-full bg-line-strong/60">
          <span
            className="absolute inset-y-0 left-0 bg-ink-2"
            style={{ width: `${Math.min(1, load) * 100}%` }}
          />
        </span>
      )}
      <span>
        {activeConversations}
        {capacity === null ? ' active' : ` of ${capacity} active`}
        {load !== null && load >= 1 && <span className="text-ink-3">, full</span>}
      </span>
    </span>
  );
}

/** Most waiting customers first; agents that are away last. */
function compareWorkloads(a: AgentWorkload, b: AgentWorkload): number {
  const away = Number(a.agent.availability === 'away') - Number(b.agent.availability === 'away');
  return (
    away ||
    b.waitingCustomers - a.waitingCustomers ||
    b.activeConversations - a.activeConversations ||
    a.agent.name.localeCompare(b.agent.name)
  );
}

export function AgentWorkloads() {
  const workload = useWorkload();
  if (workload === undefined) return <RowsLoading label="Loading agents" />;
  return (
    <ul>
      {workload.toSorted(compareWorkloads).map((row) => {
        const { agent } = row;
        return (
          <li key={agent.id} className="border-b border-line px-4 py-2 last:border-b-0">
            <p className="flex items-center gap-2">
              <AgentLabel agentId={agent.id} className="min-w-0 flex-1" />
              {agent.availability === 'away' && <Badge>Away</Badge>}
              {row.waitingCustomers > 0 && (
                <Link to="/inbox" search={{ agent: agent.id, sort: 'waiting' }} className="rounded-[4px]">
                  <Badge tone="waiting">
                    {row.waitingCustomers} waiting
                    {row.longestWaitMs !== null && `, ${formatDuration(row.longestWaitMs)}`}
                  </Badge>
                </Link>
              )}
            </p>
            <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-ink-2">
              <Link to="/inbox" search={{ agent: agent.id }} className="rounded-[4px] hover:underline">
                <Load {...row} />
              </Link>
              {row.followUpsDue > 0 && (
                <Link to="/work" search={{ of: agent.id }} className="hover:underline">
                  {formatCount(row.followUpsDue, 'follow-up')} due
                </Link>
              )}
              {row.pendingHandoffs > 0 && (
                <Link to="/work" search={{ of: agent.id }} className="hover:underline">
                  {formatCount(row.pendingHandoffs, 'handoff')}
                </Link>
              )}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
