import { Channel, type DurationSummary, type ObjectionStats, type Timestamp } from '@baton/schema';
import { type Command, Option } from 'commander';
import { type Cli, wantsJson } from '../cli.ts';
import { instantOption } from './option.ts';
import type { Api } from '../api/send.ts';
import { type Column, printTable } from '../output/table.ts';
import { costOf, count, dollars, duration, percent } from '../output/format.ts';

type Period = { from?: Timestamp; to?: Timestamp; channel?: Channel };

/** A table of a report; a report may have several. */
type ReportTable = { columns: Column[]; rows: string[][] };

const left = (head: string): Column => ({ head });
const right = (head: string): Column => ({ head, align: 'right' });
const time = (ms: number | null): string => (ms === null ? '–' : duration(ms));

type Metrics = { [Name in keyof Api['metrics']]: Awaited<ReturnType<Api['metrics'][Name]['query']>> };

export function overviewTables(overview: Metrics['overview']): ReportTable[] {
  const rows = [
    ['Conversations', count(overview.conversations)],
    ['Customers waiting', count(overview.waiting)],
    ['Messages', count(overview.messages)],
    ['  of customers', count(overview.customerMessages)],
    ['  of agents', count(overview.agentMessages)],
    ['Handoffs', count(overview.handoffs)],
    ['Deals won', `${count(overview.dealsWon)} (${dollars(overview.wonMonthlyCents)} a month)`],
    ['Deals lost', count(overview.dealsLost)],
    ['Tokens', `${count(overview.inputTokens)} in, ${count(overview.outputTokens)} out`],
    ['Cost', costOf(overview.costMicros)],
  ];
  const counted = (head: string, counts: Record<string, number>): ReportTable => ({
    columns: [left(head), right('CONVERSATIONS')],
    rows: Object.entries(counts).map(([name, value]) => [name, count(value)]),
  });
  return [
    { columns: [left('WHAT'), right('COUNT')], rows },
    counted('STATUS', overview.byStatus),
    counted('STAGE', overview.byStage),
  ];
}

export function funnelTables({ stages, conversions }: Metrics['funnel']): ReportTable[] {
  return [
    {
      columns: [left('STAGE'), right('ENTERED'), right('THERE NOW')],
      rows: stages.map(({ stage, entered, now }) => [stage, count(entered), count(now)]),
    },
    {
      columns: [left('FROM'), left('TO'), right('ENTERED'), right('WENT ON'), right('RATE')],
      rows: conversions
        .filter(({ converted }) => converted > 0)
        .map(({ from, to, entered, converted, rate }) => [
          from,
          to,
          count(entered),
          count(converted),
          percent(rate),
        ]),
    },
  ];
}

const DURATIONS = [right('COUNT'), right('MEDIAN'), right('MEAN'), right('P90')];

function durations({ count: counted, medianMs, meanMs, p90Ms }: DurationSummary): string[] {
  return [count(counted), time(medianMs), time(meanMs), time(p90Ms)];
}

export function stagesTables({ stages }: Metrics['timeInStage']): ReportTable[] {
  return [
    {
      columns: [left('STAGE'), ...DURATIONS],
      rows: stages.map(({ stage, ...summary }) => [stage, ...durations(summary)]),
    },
  ];
}

export function responsesTables({ all, byAgent, buckets }: Metrics['responseTimes']): ReportTable[] {
  return [
    {
      columns: [left('AGENT'), ...DURATIONS],
      rows: [
        ['all', ...durations(all)],
        ...byAgent.map(({ agentId, ...summary }) => [agentId, ...durations(summary)]),
      ],
    },
    {
      columns: [left('ANSWERED WITHIN'), right('ANSWERS')],
      rows: buckets.map(({ fromMs, toMs, count: answers }) => [
        toMs === null ? `more than ${duration(fromMs)}` : `${duration(fromMs)} – ${duration(toMs)}`,
        count(answers),
      ]),
    },
  ];
}

export function agentsTables({ agents }: Metrics['agents']): ReportTable[] {
  return [
    {
      columns: [
        left('AGENT'),
        right('CONVERSATIONS'),
        right('MESSAGES'),
        right('HANDED IN'),
        right('HANDED OUT'),
        right('WON'),
        right('ANSWERS IN'),
        right('TOKENS'),
        right('COST'),
      ],
      rows: agents.map((agent) => [
        agent.agentId,
        count(agent.conversations),
        count(agent.messages),
        count(agent.handoffsIn),
        count(agent.handoffsOut),
        count(agent.dealsWon),
        time(agent.meanResponseMs),
        count(agent.inputTokens + agent.outputTokens),
        costOf(agent.costMicros),
      ]),
    },
  ];
}

export function objectionsTables(stats: ObjectionStats): ReportTable[] {
  const row = (name: string, one: Omit<ObjectionStats['byType'][number], 'type'>) => [
    name,
    count(one.total),
    count(one.active),
    count(one.resolved),
    count(one.deferred),
    percent(one.resolutionRate),
    time(one.meanTimeToResolveMs),
  ];
  return [
    {
      columns: [
        left('TYPE'),
        right('RAISED'),
        right('ACTIVE'),
        right('RESOLVED'),
        right('DEFERRED'),
        right('RATE'),
        right('RESOLVED IN'),
      ],
      rows: [...stats.byType.map((one) => row(one.type, one)), row('all', stats)],
    },
  ];
}

function report<Data>(
  cli: Cli,
  group: Command,
  name: string,
  description: string,
  read: (api: Api, period: Period) => Promise<Data>,
  tables: (data: Data) => ReportTable[],
): void {
  group
    .command(name)
    .description(description)
    .option('--from <instant>', 'a day or an instant in UTC, inclusive', instantOption)
    .option('--to <instant>', 'a day or an instant in UTC, exclusive', instantOption)
    .addOption(
      new Option('--channel <channel>', 'only conversations on this channel').choices(Channel.options),
    )
    .action(async (period: Period, self: Command) => {
      const { api } = await cli.connect();
      const data = await read(api, period);
      const { terminal } = cli;
      if (wantsJson(self)) {
        terminal.print(JSON.stringify(data));
        return;
      }
      for (const [index, { columns, rows }] of tables(data).entries()) {
        if (index > 0) terminal.print('');
        printTable(terminal, columns, rows);
      }
    });
}

export function registerMetrics(program: Command, cli: Cli): void {
  const group = program.command('metrics').description('how the team does');
  report(
    cli,
    group,
    'overview',
    'conversations, messages, deals and cost',
    (api, period) => api.metrics.overview.query(period),
    overviewTables,
  );
  report(
    cli,
    group,
    'funnel',
    'how far conversations get',
    (api, period) => api.metrics.funnel.query(period),
    funnelTables,
  );
  report(
    cli,
    group,
    'stages',
    'how long conversations stay in each stage',
    (api, period) => api.metrics.timeInStage.query(period),
    stagesTables,
  );
  report(
    cli,
    group,
    'responses',
    'how long customers wait',
    (api, period) => api.metrics.responseTimes.query(period),
    responsesTables,
  );
  report(
    cli,
    group,
    'agents',
    'what each agent does',
    (api, period) => api.metrics.agents.query(period),
    agentsTables,
  );
  report(
    cli,
    group,
    'objections',
    'what customers object, and what becomes of it',
    (api, period) => api.metrics.objections.query(period),
    objectionsTables,
  );
}
