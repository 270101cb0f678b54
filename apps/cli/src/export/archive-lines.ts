import type { ConversationId, Entry } from '@baton/schema';
import { allItems } from '../api/pagination.ts';
import type { Api } from '../api/api-command.ts';
import type { ArchiveLine } from './archive-format.ts';

type ArchiveCounts = { agents: number; contacts: number; conversations: number; entries: number };

/** What was exported; `unreadable` entries are in the archive with their places alone. */
export type ExportResult = ArchiveCounts & { unreadable: number };

async function* exportedEntries(api: Api): AsyncGenerator<Entry> {
  let cursor: string | undefined;
  do {
    const page = await api.conversations.export.query({ cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/**
 * Every line of an archive of the whole tenant, after the header. Nothing is kept in memory but a page.
 * @param onConversation called after each conversation
 */
export async function* archiveLinesOf(
  api: Api,
  onConversation: () => void = () => undefined,
): AsyncGenerator<ArchiveLine, ExportResult> {
  const counts: ArchiveCounts = { agents: 0, contacts: 0, conversations: 0, entries: 0 };
  let unreadable = 0;
  const { businessHours, reopenWithinMs } = await api.tenant.get.query();
  yield {
    kind: 'tenant',
    value: { businessHours, ...(reopenWithinMs !== null && { reopenWithinMs }) },
  };
  for await (const agent of allItems((page) => api.agents.list.query(page))) {
    counts.agents += 1;
    yield { kind: 'agent', value: agent };
  }
  for await (const contact of allItems((page) => api.contacts.list.query({ ...page, merged: true }))) {
    counts.contacts += 1;
    yield { kind: 'contact', value: contact };
  }
  let open: { id: ConversationId; entries: number } | null = null;
  for await (const entry of exportedEntries(api)) {
    if (open !== null && open.id !== entry.conversationId) {
      yield { kind: 'conversation', value: open };
      onConversation();
      open = null;
    }
    if (open === null) {
      open = { id: entry.conversationId, entries: 0 };
      counts.conversations += 1;
    }
    open.entries += 1;
    counts.entries += 1;
    if (entry.kind === 'unknown') unreadable += 1;
    yield { kind: 'entry', value: entry };
  }
  if (open !== null) {
    yield { kind: 'conversation', value: open };
    onConversation();
  }
  yield { kind: 'end', value: counts };
  return { ...counts, unreadable };
}
