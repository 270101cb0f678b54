import type { MetricsAgents, MetricsInput, MetricsOverview } from '@baton/schema';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { cost } from '../format/number.ts';
import { AgentMark } from '../ui/agent-mark.tsx';
import { behind } from './behind.ts';
import { type Column, DataTable } from './data-table.tsx';
import { percent } from './figures.ts';
import { Figure } from './figure.tsx';
import { InboxLink } from './inbox-link.tsx';
import { costSentence } from './sentences.ts';

type Row = MetricsAgents['agents'][number];

export type CostFigureProps = {
  overview: MetricsOverview | undefined;
  measures: MetricsAgents | undefined;
  input: MetricsInput;
};

/** What the agents' models cost. */
export function CostFigure({ overview, measures, input }: CostFigureProps) {
  const navigate = useNavigate();
  const agents = useAgents();
  const rows = useMemo(
    () =>
      (measures?.agents ?? [])
        .filter(({ costMicros }) => costMicros > 0)
        .toSorted((a, b) => b.costMicros - a.costMicros),
    [measures],
  );
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'agent',
        header: 'Agent',
        value: ({ agentId }) => agents.nameOf(agentId),
        cell: ({ agentId }) => <AgentMark agentId={agentId} isKindShown={false} />,
      },
      {
        id: 'input',
        header: 'Tokens read',
        isNumeric: true,
        value: ({ inputTokens }) => inputTokens,
        cell: ({ inputTokens }) => inputTokens.toLocaleString('en'),
      },
      {
        id: 'output',
        header: 'Tokens written',
        isNumeric: true,
        value: ({ outputTokens }) => outputTokens,
        cell: ({ outputTokens }) => outputTokens.toLocaleString('en'),
      },
      {
        id: 'each',
        header: 'A message',
        isNumeric: true,
        value: ({ costMicros, messages }) => (messages === 0 ? null : costMicros / messages),
        cell: ({ costMicros, messages }) => (messages === 0 ? '–' : cost(Math.round(costMicros / messages))),
      },
      {
        id: 'cost',
        header: 'Cost',
        isNumeric: true,
        value: ({ costMicros }) => costMicros,
        cell: ({ agentId, costMicros }) => (
          <InboxLink
            search={behind(input, { agentId })}
            label={`Open those that ${agents.nameOf(agentId)} owns now`}
          >
            {cost(costMicros)}
          </InboxLink>
        ),
      },
    ],
    [agents, input],
  );
  const all = overview?.costMicros ?? 0;
  return (
    <Figure
      title="Cost"
      sentence={overview === undefined || measures === undefined ? undefined : costSentence(overview)}
      chart={{
        form: 'rows',
        bars: rows.map(({ agentId, costMicros }) => ({
          id: agentId,
          name: agents.nameOf(agentId),
          parts: [{ value: costMicros, fill: 'solid' }],
          label: `${cost(costMicros)}${all === 0 ? '' : ` · ${percent(costMicros / all)}`}`,
        })),
        onOpen: (id) => {
          const agentId = rows.find((row) => row.agentId === id)?.agentId;
          void navigate({ to: '/inbox', search: behind(input, { agentId }) });
        },
      }}
      table={
        <DataTable
          caption="What each agent's models read, wrote and cost"
          columns={columns}
          rows={rows}
          rowId={({ agentId }) => agentId}
          initialSort={[{ id: 'cost', desc: true }]}
        />
      }
    />
  );
}
