import type { MetricsAgents, MetricsFigure } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { cost, short } from '../format/number.ts';
import { duration } from '../format/time.ts';
import { AgentMark } from '../agents/agent-label.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { FigureLink } from './figure-link.tsx';
import { measured } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { agentsSentence } from './sentences.ts';

type Row = MetricsAgents['agents'][number];

/** A column of counts, each of which opens its conversations. */
function counts(
  id: string,
  header: string,
  value: (row: Row) => number,
  behind: (row: Row) => MetricsFigure,
  show = (count: number) => count.toLocaleString('en'),
): Column<Row> {
  return {
    id,
    header,
    isNumeric: true,
    value,
    cell: (row) => (
      <FigureLink behind={behind(row)} isNothing={value(row) === 0}>
        {show(value(row))}
      </FigureLink>
    ),
  };
}

const COUNTS: readonly Column<Row>[] = [
  counts(
    'conversations',
    'Conversations',
    ({ conversations }) => conversations,
    ({ agentId }) => ({ figure: 'worked', agentId }),
  ),
  counts(
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
      <FigureLink behind={{ figure: 'answers', agentId }} isNothing={meanResponseMs === null}>
        {measured(meanResponseMs, duration)}
      </FigureLink>
    ),
  },
  counts(
    'handoffsIn',
    'Handed in',
    ({ handoffsIn }) => handoffsIn,
    ({ agentId }) => ({ figure: 'handoffs', to: agentId }),
  ),
  counts(
    'handoffsOut',
    'Handed on',
    ({ handoffsOut }) => handoffsOut,
    ({ agentId }) => ({ figure: 'handoffs', from: agentId }),
  ),
  counts(
    'dealsWon',
    'Deals won',
    ({ dealsWon }) => dealsWon,
    ({ agentId }) => ({ figure: 'deals', outcome: 'won', agentId }),
  ),
  counts(
    'tokens',
    'Tokens',
    ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    ({ agentId }) => ({ figure: 'tokens', agentId }),
    short,
  ),
  counts(
    'cost',
    'Cost',
    ({ costMicros }) => costMicros,
    ({ agentId }) => ({ figure: 'cost', agentId }),
    cost,
  ),
];

/** Agents side by side. */
export function AgentsFigure({ measures }: { measures: MetricsAgents | undefined }) {
  const agents = useAgents();
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'agent',
        header: 'Agent',
        value: ({ agentId }) => agents.nameOf(agentId),
        cell: ({ agentId }) => <AgentMark agentId={agentId} />,
      },
      ...COUNTS,
    ],
    [agents],
  );
  return (
    <Figure
      title="Agents"
      sentence={measures === undefined ? undefined : agentsSentence(measures, agents.nameOf)}
      table={
        <DataTable
          caption="What each agent did in the period"
          columns={columns}
          rows={measures?.agents ?? []}
          rowId={({ agentId }) => agentId}
          initialSort={[{ id: 'messages', desc: true }]}
        />
      }
    />
  );
}
