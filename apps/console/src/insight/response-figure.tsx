import type { MetricsInput, MetricsResponseTimes } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { duration } from '../format/time.ts';
import { AgentMark } from '../ui/agent-mark.tsx';
import { behind } from './behind.ts';
import { type Column, DataTable } from './data-table.tsx';
import { measured, percent } from './figures.ts';
import { Figure } from './figure.tsx';
import { InboxLink } from './inbox-link.tsx';
import { responseSentence } from './sentences.ts';

type Responses = MetricsResponseTimes['byAgent'][number];

/** A length of time as short as it gets, for the foot of a column: `15m`. */
const tight = (ms: number) => duration(ms).replace(' ', '').replace('min', 'm');

/** How long answers took: the first unanswered customer message to the next public message of an agent. */
export function ResponseFigure({
  times,
  input,
}: {
  times: MetricsResponseTimes | undefined;
  input: MetricsInput;
}) {
  const agents = useAgents();
  const columns = useMemo<Column<Responses>[]>(
    () => [
      {
        id: 'agent',
        header: 'Agent',
        value: ({ agentId }) => agents.nameOf(agentId),
        cell: ({ agentId }) => <AgentMark agentId={agentId} isKindShown={false} />,
      },
      {
        id: 'count',
        header: 'Answers',
        isNumeric: true,
        value: ({ count }) => count,
        cell: ({ agentId, count }) => (
          <InboxLink
            search={behind(input, { agentId })}
            label={`Open those that ${agents.nameOf(agentId)} owns`}
          >
            {count.toLocaleString('en')}
          </InboxLink>
        ),
      },
      {
        id: 'median',
        header: 'Median',
        isNumeric: true,
        value: ({ medianMs }) => medianMs,
        cell: ({ medianMs }) => measured(medianMs, duration),
      },
      {
        id: 'p90',
        header: '9 in 10 within',
        isNumeric: true,
        value: ({ p90Ms }) => p90Ms,
        cell: ({ p90Ms }) => measured(p90Ms, duration),
      },
    ],
    [agents, input],
  );
  const all = times?.all.count ?? 0;
  return (
    <Figure
      title="Response times"
      sentence={times === undefined ? undefined : responseSentence(times)}
      chart={{
        form: 'columns',
        bars: (times?.buckets ?? []).map(({ fromMs, toMs, count }) => ({
          id: String(fromMs),
          name: toMs === null ? `>${tight(fromMs)}` : `≤${tight(toMs)}`,
          parts: [{ value: count, fill: 'solid' }],
          label: count === 0 ? '' : percent(count / all),
        })),
      }}
      note="Share of all answers by how long the customer had waited. Each column begins where the one before ends."
      table={
        <DataTable
          caption="How fast each agent answered"
          columns={columns}
          rows={times?.byAgent ?? []}
          rowId={({ agentId }) => agentId}
          initialSort={[{ id: 'count', desc: true }]}
        />
      }
    />
  );
}
