import { type AgentId, Channel, ConversationStatus, SalesStage, type Timestamp } from '@baton/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseAgentId, parseCount, parseInstant } from './option-parsers.ts';
import { firstItems } from '../api/pagination.ts';
import { printTable } from '../output/table.ts';
import { CONVERSATION_COLUMNS, conversationRow } from '../output/conversation-table.ts';

type Filters = {
  status?: ConversationStatus;
  stage?: SalesStage;
  agent?: AgentId;
  contact?: string;
  channel?: Channel;
  tag?: string;
  updatedAfter?: Timestamp;
  waiting?: boolean;
  limit: number;
};

export function registerList(program: Command, context: CommandContext): void {
  program
    .command('list')
    .description('conversations, the newest change first')
    .addOption(
      new Option('--status <status>', 'only those with this status').choices(ConversationStatus.options),
    )
    .addOption(new Option('--stage <stage>', 'only those in this stage').choices(SalesStage.options))
    .addOption(new Option('--channel <channel>', 'only those on this channel').choices(Channel.options))
    .option('--agent <agent>', 'only what this agent owns', parseAgentId)
    .option('--contact <contact>', 'only those of this contact')
    .option('--tag <tag>', 'only those with this tag')
    .option(
      '--updated-after <instant>',
      'only what has changed since a day or an instant in UTC',
      parseInstant,
    )
    .option('--waiting', 'only customers that wait for an answer, the longest first')
    .option('--limit <count>', 'how many at most', parseCount(10_000), 25)
    .action(async (filters: Filters, self: Command) => {
      const { agent, contact, waiting, limit, ...same } = filters;
      const { api } = await context.connect();
      const found = await firstItems(limit, (page) =>
        api.conversations.list.query({
          ...same,
          agentId: agent,
          contactId: contact,
          sort: waiting === true ? 'waitingSince' : 'updatedAt',
          ...page,
        }),
      );
      const { terminal } = context;
      if (wantsJson(self)) {
        terminal.print(JSON.stringify(found));
        return;
      }
      if (found.items.length === 0) {
        terminal.printToStderr('No conversation fits.');
        return;
      }
      const now = Date.now();
      printTable(
        terminal,
        CONVERSATION_COLUMNS,
        found.items.map((conversation) => conversationRow(conversation, now, terminal)),
      );
      if (found.nextCursor !== null)
        terminal.printToStderr(terminal.colors.dim(`There are more: --limit ${limit * 4}`));
    });
}
