import type { Entry } from '@baton/schema';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseConversationId, parseCount } from './option-parsers.ts';
import { entryLines } from '../output/timeline-lines.ts';
import { timelineEntries } from '../api/timeline.ts';
import { headerLines } from '../output/conversation-header.ts';

export function registerShow(program: Command, context: CommandContext): void {
  program
    .command('show')
    .description('one conversation: where it stands, and everything that happened')
    .argument('<conversation>', 'its id', parseConversationId)
    .option('--at <seq>', 'as it stood after this entry', parseCount(2_147_483_647))
    .action(async (id: ReturnType<typeof parseConversationId>, { at }: { at?: number }, self: Command) => {
      const { api } = await context.connect();
      const conversation =
        at === undefined
          ? await api.conversations.get.query({ conversationId: id })
          : await api.conversations.at.query({ conversationId: id, seq: at });
      const entries: Entry[] = [];
      for await (const entry of timelineEntries(api, conversation.id)) {
        if (at !== undefined && entry.seq > at) break;
        entries.push(entry);
      }
      const { terminal } = context;
      if (wantsJson(self)) {
        terminal.print(JSON.stringify({ conversation, entries }));
        return;
      }
      for (const line of headerLines(conversation, Date.now(), terminal)) terminal.print(line);
      terminal.print('');
      for (const entry of entries)
        for (const line of entryLines(entry, terminal.colors, terminal.width)) terminal.print(line);
    });
}
