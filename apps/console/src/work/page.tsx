import { AgentId } from '@baton/schema';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAgents } from '../agents/use-agents.ts';
import { useMe } from '../session/session-context.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Select } from '../ui/select.tsx';
import { AgentWorkloads } from './agent-workloads.tsx';
import { FollowUps } from './follow-ups.tsx';
import { DeadFollowUps } from './dead-follow-ups.tsx';
import { PendingHandoffs } from './pending-handoffs.tsx';
import { SegmentedControl } from '../ui/segmented.tsx';
import { useWorkRefresh } from './use-work-refresh.ts';
import { WorkParams } from './work-params.ts';

const EVERYBODY = 'everybody';

const GROUPINGS = [
  { value: 'day', label: 'By day' },
  { value: 'assignee', label: 'By assignee' },
  { value: 'given-up', label: 'Given up' },
] as const;

export default function WorkPage() {
  const params = WorkParams.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const me = useMe();
  const agents = useAgents();
  useWorkRefresh();

  const change = (next: WorkParams) => void navigate({ to: '/work', search: { ...params, ...next } });
  const others = agents.all.filter(({ id }) => id !== me.id);

  return (
    <div className="three:grid three:h-full three:grid-cols-[minmax(0,1fr)_340px]">
      <div className="min-w-0 three:min-h-0 three:overflow-y-auto">
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
          <Select
            label="Whose work"
            value={params.of ?? EVERYBODY}
            choices={[
              { value: EVERYBODY, label: 'Everybody’s work' },
              { value: me.id, label: 'My work', icon: <KindIcon kind="human" /> },
              ...others.map(({ id, name, kind }) => ({
                value: id,
                label: name,
                icon: <KindIcon kind={kind} />,
              })),
            ]}
            onChange={(value) => change({ of: value === EVERYBODY ? undefined : AgentId.parse(value) })}
            className="w-52 max-two:w-full"
          />
          <SegmentedControl
            label="Show follow-ups"
            value={params.by ?? 'day'}
            choices={GROUPINGS}
            onChange={(value) => change({ by: value === 'day' ? undefined : value })}
          />
        </div>
        <section aria-labelledby="handoffs">
          <h2 id="handoffs" className="px-4 pt-4 pb-1.5 text-title">
            Handoffs to answer
          </h2>
          <PendingHandoffs key={params.of} agentId={params.of} />
        </section>
        <section aria-labelledby="follow-ups">
          <h2 id="follow-ups" className="px-4 pt-5 pb-2 text-title">
            Follow-ups
          </h2>
          {params.by === 'given-up' ? (
            <DeadFollowUps key={params.of} assignee={params.of} />
          ) : (
            <FollowUps key={`${params.by} ${params.of}`} assignee={params.of} by={params.by ?? 'day'} />
          )}
        </section>
      </div>
      <section
        aria-labelledby="agents"
        className="border-line max-three:mt-4 max-three:border-t three:min-h-0 three:overflow-y-auto three:border-l"
      >
        <h2 id="agents" className="px-4 pt-4 pb-1.5 text-title">
          Agents
        </h2>
        <AgentWorkloads />
      </section>
    </div>
  );
}
