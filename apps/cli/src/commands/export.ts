import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Agent, Conversation, Entry } from '@baton/schema';
import type { Command } from 'commander';
import { ARCHIVE_HEADER, type ArchiveLine } from '../export/archive.ts';
import { type Cli, wantsJson } from '../cli.ts';
import { everyPage } from '../api/pages.ts';
import { progressOf } from '../output/progress.ts';
import type { Api } from '../api/send.ts';
import { fileError } from '../import/source-file.ts';

/** Most entries that one read of a timeline gives. */
const TIMELINE_PAGE = 500;

export async function* entriesOf(api: Api, conversationId: Conversation['id']): AsyncGenerator<Entry> {
  let afterSeq = 0;
  for (;;) {
    const { items, more } = await api.conversations.timeline.query({
      conversationId,
      afterSeq,
      limit: TIMELINE_PAGE,
    });
    yield* items;
    const last = items.at(-1);
    if (!more || last === undefined) return;
    afterSeq = last.seq;
  }
}

type Place = Pick<Conversation, 'id' | 'createdAt' | 'contactId' | 'channel'>;

/** Oldest first, in an order that does not hang on ids: an export of an import comes out the same. */
function inOrder(a: Place, b: Place): number {
  const keys = (place: Place) => [place.createdAt, place.contactId, place.channel, place.id].join('\u0000');
  return keys(a) < keys(b) ? -1 : 1;
}

export type Exported = { agents: number; conversations: number; entries: number };

/** Every line of an archive of the whole store, after the header. */
export async function* archiveLines(
  api: Api,
  onConversation: (total: number) => void = () => undefined,
): AsyncGenerator<ArchiveLine, Exported> {
  const count: Exported = { agents: 0, conversations: 0, entries: 0 };
  const { businessHours } = await api.tenant.get.query();
  yield { tenant: { businessHours } };
  const agents: Agent[] = [];
  for await (const agent of everyPage((page) => api.agents.list.query(page))) agents.push(agent);
  for (const agent of agents.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    count.agents += 1;
    yield { agent };
  }
  const places: Place[] = [];
  for await (const { id, createdAt, contactId, channel } of everyPage((page) =>
    api.conversations.list.query(page),
  )) {
    places.push({ id, createdAt, contactId, channel });
  }
  for (const { id } of places.toSorted(inOrder)) {
    for await (const entry of entriesOf(api, id)) {
      count.entries += 1;
      yield { entry };
    }
    count.conversations += 1;
    onConversation(places.length);
  }
  yield { end: count };
  return count;
}

/** @throws UserError where a file that a person named cannot be written */
async function writable(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await once(stream, 'open');
    return stream;
  } catch (error) {
    throw fileError('write', file, error);
  }
}

/** Writes the archive line by line; a slow disk or pipe holds the reading back. */
async function writeArchive(cli: Cli, file: string | undefined): Promise<Exported> {
  const { api } = await cli.connect();
  const total = (await api.admin.stats.query()).conversations;
  using progress = progressOf(cli.terminal, 'conversations', total);
  const lines = archiveLines(api, () => progress.advance());
  if (file === undefined) {
    cli.terminal.print(JSON.stringify(ARCHIVE_HEADER));
    return drain(lines, (line) => cli.terminal.print(line));
  }
  const stream = await writable(file);
  const put = async (line: string) => {
    if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  };
  await put(JSON.stringify(ARCHIVE_HEADER));
  const exported = await drain(lines, put);
  stream.end();
  await once(stream, 'close');
  return exported;
}

async function drain(
  lines: AsyncGenerator<ArchiveLine, Exported>,
  put: (line: string) => void | Promise<void>,
): Promise<Exported> {
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return next.value;
    await put(JSON.stringify(next.value));
  }
}

export function registerExport(program: Command, cli: Cli): void {
  program
    .command('export')
    .description('write business hours, agents and every timeline as JSON Lines, for `baton import baton`')
    .argument('[file]', 'where to; the standard output without it')
    .action(async (file: string | undefined, _options: unknown, self: Command) => {
      const exported = await writeArchive(cli, file);
      if (file === undefined) return;
      const { agents, conversations, entries } = exported;
      if (wantsJson(self)) cli.terminal.print(JSON.stringify({ file, ...exported }));
      else
        cli.terminal.print(`${file}: ${conversations} conversations, ${entries} entries, ${agents} agents.`);
    });
}
