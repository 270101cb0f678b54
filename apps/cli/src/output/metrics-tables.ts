import type { DurationSummary, ObjectionStats } from '@baton/schema';
import type { Api } from '../api/api-command.ts';
import type { Column } from './table.ts';
import { formatCost, formatNumber, formatDollars, formatDuration, formatPercent } from './format.ts';

export type ReportTable = { columns: Column[]; rows: string[][] };

const textColumn = (head: string): Column => ({ header: head });

const numberColumn = (head: string): Column => ({ header: head, align: 'right' });

const formatOptionalDuration = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));

type Metrics = { [Name in keyof Api['metrics']]: Awaited<ReturnType<Api['metrics'][Name]['query']>> };

export function overviewTables(overview: Metrics['overview']): ReportTable[] {
  const rows = [
    ['Conversations', formatNumber(overview.conversations)],
    ['Customers waiting', formatNumber(overview.waiting)],
    ['Messages', formatNumber(overview.messages)],
    ['  of customers', formatNumber(overview.customerMessages)],
    ['  of agents', formatNumber(overview.agentMessages)],
    ['Handoffs', formatNumber(overview.handoffs)],
    ['Deals won', `${formatNumber(overview.dealsWon)} (${formatDollars(overview.wonMonthlyCents)} a month)`],
    ['Deals lost', formatNumber(overview.dealsLost)],
    ['Tokens', `${formatNumber(overview.inputTokens)} in, ${formatNumber(overview.outputTokens)} out`],
    ['Cost', formatCost(overview.costMicros)],
  ];
  const counted = (head: string, counts: Record<string, number>): ReportTable => ({
    columns: [textColumn(head), numberColumn('CONVERSATIONS')],
    rows: Object.entries(counts).map(([name, value]) => [name, formatNumber(value)]),
  });
  return [
    { columns: [textColumn('WHAT'), numberColumn('COUNT')], rows },
    counted('STATUS', overview.byStatus),
    counted('STAGE', overview.byStage),
  ];
}

export function funnelTables({ stages, conversions }: Metrics['funnel']): ReportTable[] {
  return [
    {
      columns: [textColumn('STAGE'), numberColumn('ENTERED'), numberColumn('THERE NOW')],
      rows: stages.map(({ stage, entered, now }) => [stage, formatNumber(entered), formatNumber(now)]),
    },
    {
      columns: [
        textColumn('FROM'),
        textColumn('TO'),
        numberColumn('ENTERED'),
        numberColumn('WENT ON'),
        numberColumn('RATE'),
      ],
      rows: conversions
        .filter(({ converted }) => converted > 0)
        .map(({ from, to, entered, converted, rate }) => [
          from,
          to,
          formatNumber(entered),
          formatNumber(converted),
          formatPercent(rate),
        ]),
    },
  ];
}

const DURATION_COLUMNS = [
  numberColumn('COUNT'),
  numberColumn('MEDIAN'),
  numberColumn('MEAN'),
  numberColumn('P90'),
];

function durationCells({ count: counted, medianMs, meanMs, p90Ms }: DurationSummary): string[] {
  return [
    formatNumber(counted),
    formatOptionalDuration(medianMs),
    formatOptionalDuration(meanMs),
    formatOptionalDuration(p90Ms),
  ];
}

export function stagesTables({ stages }: Metrics['timeInStage']): ReportTable[] {
  return [
    {
      columns: [textColumn('STAGE'), ...DURATION_COLUMNS],
      rows: stages.map(({ stage, ...summary }) => [stage, ...durationCells(summary)]),
    },
  ];
}

export function responsesTables({ all, byAgent, buckets }: Metrics['responseTimes']): ReportTable[] {
  return [
    {
      columns: [textColumn('AGENT'), ...DURATION_COLUMNS],
      rows: [
        ['all', ...durationCells(all)],
        ...byAgent.map(({ agentId, ...summary }) => [agentId, ...durationCells(summary)]),
      ],
    },
    {
      columns: [textColumn('ANSWERED WITHIN'), numberColumn('ANSWERS')],
      rows: buckets.map(({ fromMs, toMs, count: answers }) => [
        toMs === null
          ? `more than ${formatDuration(fromMs)}`
          : `${formatDuration(fromMs)} – ${formatDuration(toMs)}`,
        formatNumber(answers),
      ]),
    },
  ];
}

export function agentsTables({ agents }: Metrics['agents']): ReportTable[] {
  return [
    {
      columns: [
        textColumn('AGENT'),
        numberColumn('CONVERSATIONS'),
        numberColumn('MESSAGES'),
        numberColumn('HANDED IN'),
        numberColumn('HANDED OUT'),
        numberColumn('WON'),
        numberColumn('ANSWERS IN'),
        numberColumn('TOKENS'),
        numberColumn('COST'),
      ],
      rows: agents.map((agent) => [
        agent.agentId,
        formatNumber(agent.conversations),
        formatNumber(agent.messages),
        formatNumber(agent.handoffsIn),
        formatNumber(agent.handoffsOut),
        formatNumber(agent.dealsWon),
        formatOptionalDuration(agent.meanResponseMs),
        formatNumber(agent.inputTokens + agent.outputTokens),
        formatCost(agent.costMicros),
      ]),
    },
  ];
}

export function objectionsTables(stats: ObjectionStats): ReportTable[] {
  const row = (name: string, one: Omit<ObjectionStats['byType'][number], 'type'>) => [
    name,
    formatNumber(one.total),
    formatNumber(one.active),
    formatNumber(one.resolved),
    formatNumber(one.deferred),
    formatPercent(one.resolutionRate),
    formatOptionalDuration(one.meanTimeToResolveMs),
  ];
  return [
    {
      columns: [
        textColumn('TYPE'),
        numberColumn('RAISED'),
        numberColumn('ACTIVE'),
        numberColumn('RESOLVED'),
        numberColumn('DEFERRED'),
        numberColumn('RATE'),
        numberColumn('RESOLVED IN'),
      ],
      rows: [...stats.byType.map((one) => row(one.type, one)), row('all', stats)],
    },
  ];
}
