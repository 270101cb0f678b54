import { type AgentId, AuthorKind, ConversationStatus, SalesStage } from '@baton/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseAgentId, parseConversationId, parseCount } from './option-parsers.ts';
import { searchText } from './search-text.ts';
import { firstItems } from '../api/pagination.ts';
import { formatRelativeTime, formatInstant, coloredStage } from '../output/format.ts';
import { escapeLine } from '../output/escape-controls.ts';
import { hitLine, searchNotes } from '../output/search-hits.ts';

type SearchOptions = {
  phrase?: string[];
  messages?: boolean;
  stage?: SalesStage;
  status?: ConversationStatus;
  agent?: AgentId;
  conversation?: ReturnType<typeof parseConversationId>;
  author?: AuthorKind;
  limit: number;
};

/** Says how the text was read: a phrase that finds nothing may have been meant as words. */
function nothingFound(text: string): string {
  return text.includes('"')
    ? `Nothing was found for ${escapeLine(text)}. Words without quotes need not stand together.`
    : 'Nothing was found.';
}

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
  else if (found.items.length === 0) terminal.printToStderr(nothingFound(text));
  else
    for (const hit of found.items) {
      const { conversationId: id, at } = hit.message;
      terminal.print(`${colors.dim(`${id}  ${formatInstant(at)}`)}  ${hitLine(hit, colors)}`);
    }
  if (!isJson) for (const note of searchNotes(found)) terminal.printToStderr(note);
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
  else if (found.items.length === 0) terminal.printToStderr(nothingFound(text));
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
      terminal.print(`${colors.bold(escapeLine(contactId))}  ${facts}  ${colors.dim(id)}`);
      terminal.print(`  ${hitLine(best, colors)}`);
    }
  if (!isJson) for (const note of searchNotes(found)) terminal.printToStderr(note);
}

const HELP = `
Words may stand anywhere; what is in quotes stands together:
  baton search annual plan
  baton search "annual plan"
  baton search --phrase "annual plan" price
A word to leave out comes after --:
  baton search -- pricing -discount`;

function collect(value: string, values: string[] = []): string[] {
  return [...values, value];
}

export function registerSearch(program: Command, context: CommandContext): void {
  program
    .command('search')
    .description('what was said: words by their stem, "phrases" in quotes, -word leaves out; best first')
    .argument('[text...]', 'what to look for')
    .option('--phrase <words>', 'words that stand together; may be given several times', collect)
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
    .addHelpText('after', HELP)
    .action((words: string[], options: SearchOptions, self: Command) => {
      const text = searchText(words, options.phrase);
      if (text === '') self.error("error: missing required argument 'text'");
      const search = options.messages === true ? searchMessages : searchConversations;
      return search(text, options, context, wantsJson(self));
    });
}
