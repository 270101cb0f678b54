import type { MetricsAgents, MetricsInput } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { cost, short } from '../format/number.ts';
import { duration } from '../format/time.ts';
import { AgentMark } from '../ui/agent-mark.tsx';
import { behind } from './behind.ts';
import { type Column, DataTable } from './data-table.tsx';
import { measured } from './figures.ts';
import { Figure } from './figure.tsx';
import { InboxLink } from './inbox-link.tsx';
import { agentsSentence } from './sentences.ts';

type Row = MetricsAgents['agents'][number];

/** Agents side by side. */
export function AgentsFigure({
  measures,
  input,
}: {
  measures: MetricsAgents | undefined;
  input: MetricsInput;
}) {
  const agents = useAgents();
  const columns = useMemo<Column<Row>[]>(() => {
    const number = (id: string, header: string, value: (row: Row) => number): Column<Row> => ({
      id,
      header,
      isNumeric: true,
      value,
      cell: (row) => value(row).toLocaleString('en'),
    });
    return [
      {
        id: 'agent',
        header: 'Agent',
        value: ({ agentId }) => agents.nameOf(agentId),
        cell: ({ agentId }) => <AgentMark agentId={agentId} />,
      },
      {
        id: 'conversations',
        header: 'Conversations',
        isNumeric: true,
        value: ({ conversations }) => conversations,
        cell: ({ agentId, conversations }) => (
          <InboxLink
            search={behind(input, { agentId })}
            label={`Open those that ${agents.nameOf(agentId)} owns now`}
          >
            {conversations.toLocaleString('en')}
          </InboxLink>
        ),
      },
      number('messages', 'Messages', ({ messages }) => messages),
      {
        id: 'response',
        header: 'Mean response',
        isNumeric: true,
        value: ({ meanResponseMs }) => meanResponseMs,
        cell: ({ meanResponseMs }) => measured(meanResponseMs, duration),
      },
      number('handoffsIn', 'Handed in', ({ handoffsIn }) => handoffsIn),
      number('handoffsOut', 'Handed on', ({ handoffsOut }) => handoffsOut),
      number('dealsWon', 'Deals won', ({ dealsWon }) => dealsWon),
      {
        id: 'tokens',
        header: 'Tokens',
        isNumeric: true,
        value: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
        cell: ({ inputTokens, outputTokens }) => short(inputTokens + outputTokens),
      },
      {
        id: 'cost',
        header: 'Cost',
        isNumeric: true,
        value: ({ costMicros }) => costMicros,
        cell: ({ costMicros }) => cost(costMicros),
      },
    ];
  }, [agents, input]);
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
