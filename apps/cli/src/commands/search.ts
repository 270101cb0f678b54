import {
  type AgentId,
  AuthorKind,
  ConversationStatus,
  type Highlight,
  type MessageHit,
  SalesStage,
} from '@baton/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, wantsJson } from '../cli.ts';
import { parseAgentId, parseConversationId, parseCount } from './option.ts';
import { firstItems } from '../api/pages.ts';
import type { Colors } from '../output/terminal.ts';
import {
  formatRelativeTime,
  formatInstant,
  actorName,
  stripControlCharacters,
  coloredStage,
} from '../output/format.ts';

/** Characters that are shown around the first match. */
const EXCERPT_LENGTH = 240;

/** A text with its matches in colour, cut to what stands around the first one. */
export function highlightedExcerpt(text: string, highlights: readonly Highlight[], colors: Colors): string {
  const sorted = highlights.toSorted((a, b) => a.start - b.start);
  const first = sorted[0]?.start ?? 0;
  const from =
    text.length <= EXCERPT_LENGTH
      ? 0
      : Math.max(0, Math.min(first - EXCERPT_LENGTH / 4, text.length - EXCERPT_LENGTH));
  const to = Math.min(text.length, from + EXCERPT_LENGTH);
  let position = from;
  let line = from > 0 ? '…' : '';
  for (const { start, end } of sorted) {
    if (start < position || start >= to) continue;
    const word = text.slice(start, Math.min(end, to));
    line += `${text.slice(position, start)}${colors.bold(colors.yellow(word))}`;
    position = start + word.length;
  }
  const rest = `${line}${text.slice(position, to)}${to < text.length ? '…' : ''}`;
  return rest.replaceAll(/\s+/g, ' ').trim();
}

function hitLine({ message, highlights }: MessageHit, colors: Colors): string {
  // Matches are counted in the very text, so the colours go in before anything is taken out.
  const isSafe = stripControlCharacters(message.text) === message.text;
  const excerpt = isSafe
    ? highlightedExcerpt(message.text, highlights, colors)
    : stripControlCharacters(message.text);
  return `${colors.dim(`#${message.seq}`)} ${actorName(message.author)}: ${excerpt}`;
}

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
