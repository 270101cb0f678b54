import type { MetricsAgents, MetricsOverview } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { formatCost } from '../format/number.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { FigureLink, useOpenDrilldown } from './figure-link.tsx';
import { NO_VALUE, formatPercent } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { costSentence } from './sentences.ts';

type Row = MetricsAgents['agents'][number];

export type CostFigureProps = {
  overview: MetricsOverview | undefined;
  metrics: MetricsAgents | undefined;
};

export function CostFigure({ overview, metrics: measures }: CostFigureProps) {
  const open = useOpenDrilldown();
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
        cell: ({ agentId }) => <AgentLabel agentId={agentId} isKindShown={false} />,
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
          messages === 0 ? NO_VALUE : formatCost(Math.round(costMicros / messages)),
      },
      {
        id: 'cost',
        header: 'Cost',
        isNumeric: true,
        value: ({ costMicros }) => costMicros,
        cell: ({ agentId, costMicros }) => (
          <FigureLink drilldown={{ figure: 'cost', agentId }} isZero={costMicros === 0}>
            {formatCost(costMicros)}
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
        orientation: 'rows',
        bars: rows.map(({ agentId, costMicros }) => ({
          id: agentId,
          name: agents.nameOf(agentId),
          parts: [{ value: costMicros, fill: 'solid' }],
          label: `${formatCost(costMicros)}${all === 0 ? '' : ` · ${formatPercent(costMicros / all)}`}`,
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
