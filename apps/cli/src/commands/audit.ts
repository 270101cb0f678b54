import { AuditAction, type AuditRecord, type Timestamp } from '@baton/schema';
import { type Command, Option } from 'commander';
import { firstItems } from '../api/pagination.ts';
import { escapeLine } from '../output/escape-controls.ts';
import { formatInstant } from '../output/format.ts';
import { printTable } from '../output/table.ts';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseCount, parseInstant } from './option-parsers.ts';

type Filters = { action?: AuditAction; actor?: string; from?: Timestamp; to?: Timestamp; limit: number };

const COLUMNS = [
  { header: 'AT' },
  { header: 'ACTION' },
  { header: 'BY' },
  { header: 'TO' },
  { header: 'DETAILS', minWidth: 12 },
];

function rowOf({ at, action, actor, target, details }: AuditRecord): string[] {
  const who = [actor.kind, actor.id, actor.agentId].filter((part) => part !== null);
  const more = Object.entries(details).map(([name, value]) => `${name}=${value ?? ''}`);
  return [
    formatInstant(at),
    escapeLine(action),
    escapeLine(who.join(' ')),
    escapeLine(target ?? ''),
    escapeLine(more.join(' ')),
  ];
}

export function registerAudit(program: Command, context: CommandContext): void {
  program
    .command('audit')
    .description(
      'who did what to keys, sessions, agents and tenants; exports, erasures and forced moves, the newest first',
    )
    .addOption(new Option('--action <action>', 'only this').choices(AuditAction.options))
    .option('--actor <id>', 'only what this key, session or agent did')
    .option('--from <instant>', 'since a day or an instant in UTC', parseInstant)
    .option('--to <instant>', 'before a day or an instant in UTC', parseInstant)
    .option('--limit <count>', 'how many at most', parseCount(10_000), 25)
    .action(async ({ limit, ...filters }: Filters, self: Command) => {
      const { api } = await context.connect();
      const found = await firstItems(limit, (page) => api.admin.audit.query({ ...filters, ...page }));
      const { terminal } = context;
      if (wantsJson(self)) terminal.print(JSON.stringify(found));
      else if (found.items.length === 0) terminal.printToStderr('The audit log has nothing that fits.');
      else printTable(terminal, COLUMNS, found.items.map(rowOf));
      if (found.nextCursor !== null && !wantsJson(self))
        terminal.printToStderr(terminal.colors.dim(`There are more: --limit ${limit * 4}`));
    });
}
