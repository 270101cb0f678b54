import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Agent, Conversation, Entry } from '@baton/schema';
import type { Command } from 'commander';
import { ARCHIVE_HEADER, type ArchiveLine } from '../export/archive.ts';
import { type CommandContext, wantsJson } from '../cli.ts';
import { allItems } from '../api/pages.ts';
import { createProgress } from '../output/progress.ts';
import type { Api } from '../api/send.ts';
import { fileError } from '../import/source-file.ts';

/** Most entries that one read of a timeline gives. */
const TIMELINE_PAGE_LIMIT = 500;

export async function* timelineEntries(api: Api, conversationId: Conversation['id']): AsyncGenerator<Entry> {
  let afterSeq = 0;
  for (;;) {
    const { items, more } = await api.conversations.timeline.query({
      conversationId,
      afterSeq,
      limit: TIMELINE_PAGE_LIMIT,
    });
    yield* items;
    const last = items.at(-1);
    if (!more || last === undefined) return;
    afterSeq = last.seq;
  }
}

type ConversationSummary = Pick<Conversation, 'id' | 'createdAt' | 'contactId' | 'channel'>;

/** Oldest first, in an order that does not hang on ids: an export of an import comes out the same. */
function compareConversations(a: ConversationSummary, b: ConversationSummary): number {
  const sortKey = (place: ConversationSummary) =>
    [place.createdAt, place.contactId, place.channel, place.id].join('\u0000');
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

export type ArchiveCounts = { agents: number; conversations: number; entries: number };

/** Every line of an archive of the whole store, after the header. */
export async function* archiveLines(
  api: Api,
  onConversation: (total: number) => void = () => undefined,
): AsyncGenerator<ArchiveLine, ArchiveCounts> {
  const counts: ArchiveCounts = { agents: 0, conversations: 0, entries: 0 };
  const { businessHours } = await api.tenant.get.query();
  yield { tenant: { businessHours } };
  const agents: Agent[] = [];
  for await (const agent of allItems((page) => api.agents.list.query(page))) agents.push(agent);
  for (const agent of agents.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    counts.agents += 1;
    yield { agent };
  }
  const summaries: ConversationSummary[] = [];
  for await (const { id, createdAt, contactId, channel } of allItems((page) =>
    api.conversations.list.query(page),
  )) {
    summaries.push({ id, createdAt, contactId, channel });
  }
  for (const { id } of summaries.toSorted(compareConversations)) {
    for await (const entry of timelineEntries(api, id)) {
      counts.entries += 1;
      yield { entry };
    }
    counts.conversations += 1;
    onConversation(summaries.length);
  }
  yield { end: counts };
  return counts;
}

/** @throws UserError where a file that a person named cannot be written */
async function openForWriting(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await once(stream, 'open');
    return stream;
  } catch (error) {
    throw fileError('write', file, error);
  }
}

/** Writes the archive line by line; a slow disk or pipe holds the reading back. */
async function writeArchive(context: CommandContext, file: string | undefined): Promise<ArchiveCounts> {
  const { api } = await context.connect();
  const total = (await api.admin.stats.query()).conversations;
  using progress = createProgress(context.terminal, 'conversations', total);
  const lines = archiveLines(api, () => progress.advance());
  if (file === undefined) {
    context.terminal.print(JSON.stringify(ARCHIVE_HEADER));
    return writeLines(lines, (line) => context.terminal.print(line));
  }
  const stream = await openForWriting(file);
  const writeLine = async (line: string) => {
    if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  };
  await writeLine(JSON.stringify(ARCHIVE_HEADER));
  const exported = await writeLines(lines, writeLine);
  stream.end();
  await once(stream, 'close');
  return exported;
}

async function writeLines(
  lines: AsyncGenerator<ArchiveLine, ArchiveCounts>,
  writeLine: (line: string) => void | Promise<void>,
): Promise<ArchiveCounts> {
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return next.value;
    await writeLine(JSON.stringify(next.value));
  }
}

export function registerExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('write business hours, agents and every timeline as JSON Lines, for `baton import baton`')
    .argument('[file]', 'where to; the standard output without it')
    .action(async (file: string | undefined, _options: unknown, self: Command) => {
      const exported = await writeArchive(context, file);
      if (file === undefined) return;
      const { agents, conversations, entries } = exported;
      if (wantsJson(self)) context.terminal.print(JSON.stringify({ file, ...exported }));
      else
        context.terminal.print(
          `${file}: ${conversations} conversations, ${entries} entries, ${agents} agents.`,
        );
    });
}
