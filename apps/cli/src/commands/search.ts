import {
  type AgentId,
  AuthorKind,
  ConversationStatus,
  type Highlight,
  type MessageHit,
  SalesStage,
} from '@baton/schema';
import { type Command, Option } from 'commander';
import { type Cli, wantsJson } from '../cli.ts';
import { agentId, conversationId, countOption } from './option.ts';
import { firstItems } from '../api/pages.ts';
import type { Colors } from '../output/terminal.ts';
import { ago, instant, nameOf, shown, stageInColour } from '../output/format.ts';

/** Characters that are shown around the first match. */
const WINDOW = 240;

/** A text with its matches in colour, cut to what stands around the first one. */
export function highlighted(text: string, highlights: readonly Highlight[], colors: Colors): string {
  const sorted = highlights.toSorted((a, b) => a.start - b.start);
  const first = sorted[0]?.start ?? 0;
  const from = text.length <= WINDOW ? 0 : Math.max(0, Math.min(first - WINDOW / 4, text.length - WINDOW));
  const to = Math.min(text.length, from + WINDOW);
  let place = from;
  let line = from > 0 ? '…' : '';
  for (const { start, end } of sorted) {
    if (start < place || start >= to) continue;
    const word = text.slice(start, Math.min(end, to));
    line += `${text.slice(place, start)}${colors.bold(colors.yellow(word))}`;
    place = start + word.length;
  }
  const rest = `${line}${text.slice(place, to)}${to < text.length ? '…' : ''}`;
  return rest.replaceAll(/\s+/g, ' ').trim();
}

function hitLine({ message, highlights }: MessageHit, colors: Colors): string {
  // Matches are counted in the very text, so the colours go in before anything is taken out.
  const isSafe = shown(message.text) === message.text;
  const words = isSafe ? highlighted(message.text, highlights, colors) : shown(message.text);
  return `${colors.dim(`#${message.seq}`)} ${nameOf(message.author)}: ${words}`;
}

type Options = {
  messages?: boolean;
  stage?: SalesStage;
  status?: ConversationStatus;
  agent?: AgentId;
  conversation?: ReturnType<typeof conversationId>;
  author?: AuthorKind;
  limit: number;
};

async function searchMessages(
  text: string,
  { conversation, author, limit }: Options,
  cli: Cli,
  isJson: boolean,
): Promise<void> {
  const { api } = await cli.connect();
  const found = await firstItems(limit, (page) =>
    api.search.messages.query({ text, conversationId: conversation, author, ...page }),
  );
  const { terminal } = cli;
  const { colors } = terminal;
  if (isJson) terminal.print(JSON.stringify(found));
  else if (found.items.length === 0) terminal.say('Nothing was found.');
  else
    for (const hit of found.items) {
      const { conversationId: id, at } = hit.message;
      terminal.print(`${colors.dim(`${id}  ${instant(at)}`)}  ${hitLine(hit, colors)}`);
    }
}

async function searchConversations(
  text: string,
  { stage, status, agent, limit }: Options,
  cli: Cli,
  isJson: boolean,
): Promise<void> {
  const { api } = await cli.connect();
  const found = await firstItems(limit, (page) =>
    api.search.conversations.query({ text, stage, status, agentId: agent, ...page }),
  );
  const { terminal } = cli;
  const { colors } = terminal;
  const now = Date.now();
  if (isJson) terminal.print(JSON.stringify(found));
  else if (found.items.length === 0) terminal.say('Nothing was found.');
  else
    for (const { conversation, matches, best } of found.items) {
      const { id, contactId, owner, updatedAt } = conversation;
      const count = matches === 1 ? '1 message' : `${matches} messages`;
      const facts = [
        stageInColour(conversation.stage, colors),
        owner.agentId,
        ago(updatedAt, now),
        count,
      ].join(', ');
      terminal.print(`${colors.bold(shown(contactId))}  ${facts}  ${colors.dim(id)}`);
      terminal.print(`  ${hitLine(best, colors)}`);
    }
}

export function registerSearch(program: Command, cli: Cli): void {
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
    .option('--agent <agent>', 'only conversations that this agent owns', agentId)
    .option('--conversation <id>', 'with --messages: only in this one', conversationId)
    .addOption(
      new Option('--author <kind>', 'with --messages: only what they said').choices(AuthorKind.options),
    )
    .option('--limit <count>', 'how many at most', countOption(1_000), 10)
    .addHelpText('after', '\nA word to leave out comes after --:\n  baton search -- pricing -discount')
    .action((words: string[], options: Options, self: Command) => {
      const search = options.messages === true ? searchMessages : searchConversations;
      return search(words.join(' '), options, cli, wantsJson(self));
    });
}
