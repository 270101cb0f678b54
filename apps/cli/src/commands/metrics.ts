import { Channel, type Timestamp } from '@baton/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseInstant } from './option-parsers.ts';
import type { Api } from '../api/api-command.ts';
import { printTable } from '../output/table.ts';
import {
  type ReportTable,
  overviewTables,
  funnelTables,
  stagesTables,
  responsesTables,
  agentsTables,
  objectionsTables,
} from '../output/metrics-tables.ts';

type Period = { from?: Timestamp; to?: Timestamp; channel?: Channel };

function registerReport<Data>(
  context: CommandContext,
  group: Command,
  name: string,
  description: string,
  read: (api: Api, period: Period) => Promise<Data>,
  tables: (data: Data) => ReportTable[],
): void {
  group
    .command(name)
    .description(description)
    .option('--from <instant>', 'a day or an instant in UTC, inclusive', parseInstant)
    .option('--to <instant>', 'a day or an instant in UTC, exclusive', parseInstant)
    .addOption(
      new Option('--channel <channel>', 'only conversations on this channel').choices(Channel.options),
    )
    .action(async (period: Period, self: Command) => {
      const { api } = await context.connect();
      const data = await read(api, period);
      const { terminal } = context;
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

export function registerMetrics(program: Command, context: CommandContext): void {
  const group = program.command('metrics').description('how the team does');
  registerReport(
    context,
    group,
    'overview',
    'conversations, messages, deals and cost',
    (api, period) => api.metrics.overview.query(period),
    overviewTables,
  );
  registerReport(
    context,
    group,
    'funnel',
    'how far conversations get',
    (api, period) => api.metrics.funnel.query(period),
    funnelTables,
  );
  registerReport(
    context,
    group,
    'stages',
    'how long conversations stay in each stage',
    (api, period) => api.metrics.timeInStage.query(period),
    stagesTables,
  );
  registerReport(
    context,
    group,
    'responses',
    'how long customers wait',
    (api, period) => api.metrics.responseTimes.query(period),
    responsesTables,
  );
  registerReport(
    context,
    group,
    'agents',
    'what each agent does',
    (api, period) => api.metrics.agents.query(period),
    agentsTables,
  );
  registerReport(
    context,
    group,
    'objections',
    'what customers object, and what becomes of it',
    (api, period) => api.metrics.objections.query(period),
    objectionsTables,
  );
}
