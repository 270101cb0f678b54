import { type AgentId, AuthorKind, ConversationStatus, SalesStage } from '@baton/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseAgentId, parseConversationId, parseCount } from './option-parsers.ts';
import { firstItems } from '../api/pagination.ts';
import { formatRelativeTime, formatInstant, stripControlCharacters, coloredStage } from '../output/format.ts';
import { hitLine } from '../output/search-hits.ts';

type SearchOptions = {
  messages?: boolean;
  stage?: SalesStage;
  status?: ConversationStatus;
  agent?: AgentId;
  conversation?: ReturnType<typeof parseConversationId>;
  author?: AuthorKind;
  limit: number;
};

async function searchMessages(
  text: string,
  { conversation, author, limit }: SearchOptions,
  context: CommandContext,
  isJson: boolean,
): Promise<void> {
  const { api } = await context.connect();
  const found = await firstItems(limit, (page) =>
    api.search.messages.query({ text, conversationId: conversation, author, ...page }),
  );
  const { terminal } = context;
  const { colors } = terminal;
  if (isJson) terminal.print(JSON.stringify(found));
  else if (found.items.length === 0) terminal.printToStderr('Nothing was found.');
  else
    for (const hit of found.items) {
      const { conversationId: id, at } = hit.message;
      terminal.print(`${colors.dim(`${id}  ${formatInstant(at)}`)}  ${hitLine(hit, colors)}`);
    }
}

async function searchConversations(
  text: string,
  { stage, status, agent, limit }: SearchOptions,
  context: CommandContext,
  isJson: boolean,
): Promise<void> {
  const { api } = await context.connect();
  const found = await firstItems(limit, (page) =>
    api.search.conversations.query({ text, stage, status, agentId: agent, ...page }),
  );
  const { terminal } = context;
  const { colors } = terminal;
  const now = Date.now();
  if (isJson) terminal.print(JSON.stringify(found));
  else if (found.items.length === 0) terminal.printToStderr('Nothing was found.');
  else
    for (const { conversation, matches, best } of found.items) {
      const { id, contactId, owner, updatedAt } = conversation;
      const count = matches === 1 ? '1 message' : `${matches} messages`;
      const facts = [
        coloredStage(conversation.stage, colors),
        owner.agentId,
        formatRelativeTime(updatedAt, now),
        count,
      ].join(', ');
      terminal.print(`${colors.bold(stripControlCharacters(contactId))}  ${facts}  ${colors.dim(id)}`);
      terminal.print(`  ${hitLine(best, colors)}`);
    }
}

export function registerSearch(program: Command, context: CommandContext): void {
  program
    .command('search')
    .description('what was said: words by their stem, "phrases" in quotes, -word leaves out; best first')
    .argument('<text...>', 'what to look for')
    .option('--messages', 'single messages instead of conversations')
    .addOption(new Option('--stage <stage>', 'only conversations in this stage').choices(SalesStage.options))
    .addOption(
      new Option('--status <status>', 'only conversations with this status').choices(
        ConversationStatus.options,
      ),
    )
    .option('--agent <agent>', 'only conversations that this agent owns', parseAgentId)
    .option('--conversation <id>', 'with --messages: only in this one', parseConversationId)
    .addOption(
      new Option('--author <kind>', 'with --messages: only what they said').choices(AuthorKind.options),
    )
    .option('--limit <count>', 'how many at most', parseCount(1_000), 10)
    .addHelpText('after', '\nA word to leave out comes after --:\n  baton search -- pricing -discount')
    .action((words: string[], options: SearchOptions, self: Command) => {
      const search = options.messages === true ? searchMessages : searchConversations;
      return search(words.join(' '), options, context, wantsJson(self));
    });
}
