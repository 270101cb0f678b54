import { type Retention, RETENTION_DAYS_LIMIT, type RetentionPreview } from '@baton/schema';
import type { Command } from 'commander';
import { escapeLine } from '../output/escape-controls.ts';
import { formatInstant } from '../output/format.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { type CommandContext, wantsJson } from './command-context.ts';
import { confirm } from './confirm.ts';
import { parseCount } from './option-parsers.ts';

const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;

/** How much is past a limit, in words. */
function describePast({ conversations, contacts, complete }: RetentionPreview): string {
  const atLeast = complete ? '' : 'at least ';
  return `${atLeast}${conversations} closed conversations and ${contacts} contacts`;
}

/** Prints the limit, what is past it, and how far erasing it has come. */
export function printRetention(terminal: Terminal, retention: Retention): void {
  const { days: limit, changedAt, changedBy, left, run, nextAt } = retention;
  const who = [changedBy?.kind, changedBy?.id, changedBy?.agentId].filter((part) => part != null);
  const rows: [string, string][] = [
    ['limit', limit === null ? 'none: everything is kept' : days(limit)],
    ...(changedAt === null ? [] : [['set', `${formatInstant(changedAt)} by ${who.join(' ')}`] as const]),
    ...(left === null ? [] : [['past it now', describePast(left)] as const]),
  ].map(([name, value]) => [name, value]);
  if (run !== null) {
    const { startedAt, finishedAt, conversations, contacts, failed, lastError } = run;
    const state = finishedAt === null ? 'goes on' : `ended ${formatInstant(finishedAt)}`;
    rows.push(['last run', `began ${formatInstant(startedAt)}, ${state}`]);
    rows.push(['it erased', `${conversations} conversations and ${contacts} contacts`]);
    if (failed > 0)
      rows.push(['it could not erase', `${failed} conversations; the next run tries them again`]);
    if (lastError !== null) {
      const where = lastError.conversationId === null ? '' : ` at conversation ${lastError.conversationId}`;
      rows.push(['last error', `${formatInstant(lastError.at)} ${lastError.code}${where}`]);
    }
  }
  if (nextAt !== null) rows.push(['next', formatInstant(nextAt)]);
  const columns = [{ header: 'RETENTION' }, { header: '', minWidth: 24 }];
  printTable(
    terminal,
    columns,
    rows.map((row) => row.map((cell) => escapeLine(cell))),
  );
}

export function registerRetention(program: Command, { terminal, connect }: CommandContext): void {
  const group = program
    .command('retention')
    .description('after how many days closed conversations and contacts are erased');
  const print = (retention: Retention, self: Command) => {
    if (wantsJson(self)) terminal.print(JSON.stringify(retention));
    else printRetention(terminal, retention);
  };
  group
    .command('show', { isDefault: true })
    .description('the limit, what is past it, and how far erasing it has come')
    .action(async (_options: object, self: Command) => {
      const { api } = await connect();
      print(await api.privacy.retention.query(), self);
    });
  group
    .command('set')
    .description('erase what has not changed for so many days, from now on and for good')
    .requiredOption('--days <count>', 'without a change for so many days', parseCount(RETENTION_DAYS_LIMIT))
    .option('--yes', 'set it without asking')
    .action(async ({ days: limit, yes = false }: { days: number; yes?: boolean }, self: Command) => {
      const { api } = await connect();
      if (!yes) {
        const preview = await api.privacy.previewRetention.query({ days: limit });
        const what = `${describePast(preview)}, unchanged since ${formatInstant(preview.before)}`;
        terminal.printToStderr(`Past ${days(limit)} are ${what}.`);
        await confirm(terminal, 'Erase these for good, and later ones as they come to it?', {
          to: 'set a limit',
          refused: 'The limit stays as it was.',
        });
      }
      await api.privacy.setRetention.mutate({ days: limit });
      print(await api.privacy.retention.query(), self);
    });
  group
    .command('off')
    .description('keep everything; what was erased stays erased')
    .option('--yes', 'do it without asking')
    .action(async ({ yes = false }: { yes?: boolean }, self: Command) => {
      const { api } = await connect();
      if (!yes)
        await confirm(terminal, 'Keep everything from now on?', {
          to: 'take the limit away',
          refused: 'The limit stays as it was.',
        });
      await api.privacy.setRetention.mutate({ days: null });
      print(await api.privacy.retention.query(), self);
    });
}
