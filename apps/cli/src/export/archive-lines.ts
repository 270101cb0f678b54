import type { Agent, Conversation } from '@baton/schema';
import { allItems } from '../api/pagination.ts';
import type { Api } from '../api/api-command.ts';
import { timelineEntries } from '../api/timeline.ts';
import type { ArchiveLine } from './archive-format.ts';

type ConversationSummary = Pick<Conversation, 'id' | 'createdAt' | 'contactId' | 'channel'>;

/** Oldest first, in an order that does not depend on ids, so that the export of an import is the same. */
function compareConversations(a: ConversationSummary, b: ConversationSummary): number {
  const sortKey = (place: ConversationSummary) =>
    [place.createdAt, place.contactId, place.channel, place.id].join('\u0000');
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

type ArchiveCounts = { agents: number; conversations: number; entries: number };

/** What was exported; `unreadable` entries are in the archive with their places alone. */
export type ExportResult = ArchiveCounts & { unreadable: number };

/** Every line of an archive of the whole store, after the header. */
export async function* archiveLines(
  api: Api,
  onConversation: (total: number) => void = () => undefined,
): AsyncGenerator<ArchiveLine, ExportResult> {
  const counts: ArchiveCounts = { agents: 0, conversations: 0, entries: 0 };
  let unreadable = 0;
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
      if (entry.kind === 'unknown') unreadable += 1;
      yield { entry };
    }
    counts.conversations += 1;
    onConversation(summaries.length);
  }
  yield { end: counts };
  return { ...counts, unreadable };
}
