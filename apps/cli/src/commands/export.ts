import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { writeArchive } from '../export/write-archive.ts';

export function registerExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description(
      'write everything of the tenant as JSON Lines, for `baton import baton`: business hours, agents, contacts, timelines',
    )
    .argument('[file]', 'where to; the standard output without it')
    .action(async (file: string | undefined, _options: unknown, self: Command) => {
      const exported = await writeArchive(context, file);
      const { unreadable } = exported;
      if (unreadable > 0)
        context.terminal.printToStderr(
          `Entries that the server could not read: ${unreadable}. An import leaves their conversations out.`,
        );
      if (file === undefined) return;
      const { agents, contacts, conversations, entries } = exported;
      if (wantsJson(self)) context.terminal.print(JSON.stringify({ file, ...exported }));
      else
        context.terminal.print(
          `${file}: ${conversations} conversations, ${entries} entries, ${agents} agents, ${contacts} contacts.`,
        );
    });
}
