import { type Command, Option } from 'commander';
import { writeArchive } from '../export/write-archive.ts';
import { writeTable } from '../export/write-table.ts';
import { formatCount } from '../output/format.ts';
import { type CommandContext, wantsJson } from './command-context.ts';

export function registerExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description(
      'write everything of the tenant as JSON Lines, for `baton import baton`: business hours, agents, contacts, timelines; or its messages as a table',
    )
    .argument('[file]', 'where to; the standard output without it')
    .addOption(
      new Option('--format <format>', 'an archive, or a table with a message a row')
        .choices(['archive', 'csv'])
        .default('archive'),
    )
    .action(async (file: string | undefined, { format }: { format: 'archive' | 'csv' }, self: Command) => {
      const report = format === 'csv' ? await exportTable(file) : await exportArchive(file);
      if (file === undefined) return;
      const { counts, text } = report;
      context.terminal.print(wantsJson(self) ? JSON.stringify({ file, ...counts }) : `${file}: ${text}.`);
    });

  async function exportArchive(file: string | undefined) {
    const counts = await writeArchive(context, file);
    const { agents, contacts, conversations, entries, unreadable } = counts;
    if (unreadable > 0)
      context.terminal.printToStderr(
        `Entries that the server could not read: ${unreadable}. An import leaves their conversations out.`,
      );
    const text = `${conversations} conversations, ${entries} entries, ${agents} agents, ${contacts} contacts`;
    return { counts, text };
  }

  async function exportTable(file: string | undefined) {
    const counts = await writeTable(context, file);
    const { conversations, messages } = counts;
    const text = `${formatCount(messages, 'message')} of ${formatCount(conversations, 'conversation')}`;
    return { counts, text };
  }
}
