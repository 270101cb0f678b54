import type { MetricsResponseTimes } from '@baton/schema';
import { useMemo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { formatDuration } from '../format/time.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { durationColumns } from './duration-columns.ts';
import { FigureLink, useOpenDrilldown } from './figure-link.tsx';
import { formatPercent } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { responseSentence } from './sentences.ts';

type Responses = MetricsResponseTimes['byAgent'][number];

/** `15m`, for the axis. */
const formatCompactDuration = (ms: number) => formatDuration(ms).replace(' ', '').replace('min', 'm');

/** From the first unanswered customer message to an agent's next public message. */
export function ResponseFigure({ times }: { times: MetricsResponseTimes | undefined }) {
  const open = useOpenDrilldown();
  const agents = useAgents();
  const columns = useMemo<Column<Responses>[]>(
    () => [
      {
        id: 'agent',
        header: 'Agent',
        value: ({ agentId }) => agents.nameOf(agentId),
        cell: ({ agentId }) => <AgentLabel agentId={agentId} isKindShown={false} />,
      },
      {
        id: 'count',
        header: 'Answers',
        isNumeric: true,
        value: ({ count }) => count,
        cell: ({ agentId, count }) => (
          <FigureLink drilldown={{ figure: 'answers', agentId }} isZero={count === 0}>
            {count.toLocaleString('en')}
          </FigureLink>
        ),
      },
      ...durationColumns(formatDuration),
    ],
    [agents],
  );
  const all = times?.all.count ?? 0;
  return (
    <Figure
      title="Response times"
      sentence={times === undefined ? undefined : responseSentence(times)}
      chart={{
        orientation: 'columns',
        bars: (times?.buckets ?? []).map(({ fromMs, toMs, count }) => ({
          id: String(fromMs),
          name: toMs === null ? `>${formatCompactDuration(fromMs)}` : `≤${formatCompactDuration(toMs)}`,
          parts: [{ value: count, fill: 'solid' }],
          label: count === 0 ? '' : formatPercent(count / all),
        })),
        onOpen: (id) => {
          const bucket = times?.buckets.find(({ fromMs }) => String(fromMs) === id);
          if (bucket === undefined || bucket.count === 0) return;
          const { fromMs, toMs } = bucket;
          open({
            figure: 'answers',
            // The first bucket includes zero.
            ...(fromMs > 0 && { aboveMs: fromMs }),
            ...(toMs !== null && { toMs }),
          });
        },
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
