import type { MetricsAgents, MetricsOverview } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { cost } from '../format/number.ts';
import { AgentMark } from '../agents/agent-label.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { FigureLink, useOpenBehind } from './figure-link.tsx';
import { NOTHING, percent } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { costSentence } from './sentences.ts';

type Row = MetricsAgents['agents'][number];

export type CostFigureProps = {
  overview: MetricsOverview | undefined;
  measures: MetricsAgents | undefined;
};

/** What the agents' models cost. */
export function CostFigure({ overview, measures }: CostFigureProps) {
  const open = useOpenBehind();
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
        cell: ({ costMicros, messages }) =>
          messages === 0 ? NOTHING : cost(Math.round(costMicros / messages)),
      },
      {
        id: 'cost',
        header: 'Cost',
        isNumeric: true,
        value: ({ costMicros }) => costMicros,
        cell: ({ agentId, costMicros }) => (
          <FigureLink behind={{ figure: 'cost', agentId }} isNothing={costMicros === 0}>
            {cost(costMicros)}
          </FigureLink>
        ),
      },
    ],
    [agents],
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
          if (agentId !== undefined) open({ figure: 'cost', agentId });
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
