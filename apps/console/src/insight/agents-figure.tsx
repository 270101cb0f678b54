import type { MetricsAgents, MetricsFigure } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { formatCost, formatCompact } from '../format/number.ts';
import { formatDuration } from '../format/time.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { FigureLink } from './figure-link.tsx';
import { formatOrDash } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { agentsSentence } from './sentences.ts';

type Row = MetricsAgents['agents'][number];

/** A column of counts with drilldowns. */
function countColumn(
  id: string,
  header: string,
  value: (row: Row) => number,
  drilldown: (row: Row) => MetricsFigure,
  format = (count: number) => count.toLocaleString('en'),
): Column<Row> {
  return {
    id,
    header,
    isNumeric: true,
    value,
    cell: (row) => (
      <FigureLink drilldown={drilldown(row)} isZero={value(row) === 0}>
        {format(value(row))}
      </FigureLink>
    ),
  };
}

const COUNT_COLUMNS: readonly Column<Row>[] = [
  countColumn(
    'conversations',
    'Conversations',
    ({ conversations }) => conversations,
    ({ agentId }) => ({ figure: 'worked', agentId }),
  ),
  countColumn(
    'messages',
    'Messages',
    ({ messages }) => messages,
    ({ agentId }) => ({ figure: 'messages', author: 'agent', agentId }),
  ),
  {
    id: 'response',
    header: 'Mean response',
    isNumeric: true,
    value: ({ meanResponseMs }) => meanResponseMs,
    cell: ({ agentId, meanResponseMs }) => (
      <FigureLink drilldown={{ figure: 'answers', agentId }} isZero={meanResponseMs === null}>
        {formatOrDash(meanResponseMs, formatDuration)}
      </FigureLink>
    ),
  },
  countColumn(
    'handoffsIn',
    'Handed in',
    ({ handoffsIn }) => handoffsIn,
    ({ agentId }) => ({ figure: 'handoffs', to: agentId }),
  ),
  countColumn(
    'handoffsOut',
    'Handed on',
    ({ handoffsOut }) => handoffsOut,
    ({ agentId }) => ({ figure: 'handoffs', from: agentId }),
  ),
  countColumn(
    'dealsWon',
    'Deals won',
    ({ dealsWon }) => dealsWon,
    ({ agentId }) => ({ figure: 'deals', outcome: 'won', agentId }),
  ),
  countColumn(
    'tokens',
    'Tokens',
    ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    ({ agentId }) => ({ figure: 'tokens', agentId }),
    formatCompact,
  ),
  countColumn(
    'cost',
    'Cost',
    ({ costMicros }) => costMicros,
    ({ agentId }) => ({ figure: 'cost', agentId }),
    formatCost,
  ),
];

export function AgentsFigure({ metrics }: { metrics: MetricsAgents | undefined }) {
  const agents = useAgents();
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'agent',
        header: 'Agent',
        value: ({ agentId }) => agents.nameOf(agentId),
        cell: ({ agentId }) => <AgentLabel agentId={agentId} />,
      },
      ...COUNT_COLUMNS,
    ],
    [agents],
  );
  return (
    <Figure
      title="Agents"
      sentence={metrics === undefined ? undefined : agentsSentence(metrics, agents.nameOf)}
      table={
        <DataTable
          caption="What each agent did in the period"
          columns={columns}
          rows={metrics?.agents ?? []}
          rowId={({ agentId }) => agentId}
          initialSort={[{ id: 'messages', desc: true }]}
        />
      }
    />
  );
}
