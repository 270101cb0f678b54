import type { Conversation, ListConversations } from '@baton/schema';
import type { InboxSearch } from './inbox-search.ts';

export type InboxSort = 'change' | 'waiting';

/** Which conversations the list shows, and in what order. */
export type InboxFilter = Pick<ListConversations, 'stage' | 'channel' | 'tag'> & {
  /** Null for any. */
  status: Conversation['status'] | null;
  agentId?: Conversation['owner']['agentId'];
  contactId?: string;
  updatedAfter?: string;
  sort: InboxSort;
};

export function filterOf(search: InboxSearch): InboxFilter {
  return {
    status: search.status === 'any' ? null : (search.status ?? 'active'),
    stage: search.stage,
    channel: search.channel,
    tag: search.tag,
    agentId: search.agent,
    contactId: search.contact,
    updatedAfter: search.since,
    sort: search.sort ?? 'change',
  };
}

/** What the server is asked for. */
export function listInput({
  status,
  sort,
  ...rest
}: InboxFilter): Omit<ListConversations, 'limit' | 'cursor'> {
  return { ...rest, status: status ?? undefined, sort: sort === 'waiting' ? 'waitingSince' : 'updatedAt' };
}

/** Whether a conversation belongs in the list, by the server's own rules. */
export function matches(conversation: Conversation, filter: InboxFilter): boolean {
  return (
    (filter.status === null || conversation.status === filter.status) &&
    (filter.stage === undefined || conversation.stage === filter.stage) &&
    (filter.channel === undefined || conversation.channel === filter.channel) &&
    (filter.tag === undefined || conversation.tags.includes(filter.tag)) &&
    (filter.agentId === undefined || conversation.owner.agentId === filter.agentId) &&
    (filter.contactId === undefined || conversation.contactId === filter.contactId) &&
    (filter.updatedAfter === undefined || conversation.updatedAt > filter.updatedAfter) &&
    (filter.sort !== 'waiting' || conversation.metrics.waitingSince !== null)
  );
}

/** Newest change first, or who waits longest first; the id decides between equals, as on the server. */
export function order(sort: InboxSort): (a: Conversation, b: Conversation) => number {
  if (sort === 'waiting') {
    const since = ({ metrics, createdAt }: Conversation) => metrics.waitingSince ?? createdAt;
    return (a, b) => since(a).localeCompare(since(b)) || a.id.localeCompare(b.id);
  }
  return (a, b) => b.updatedAt.localeCompare(a.updatedAt) || b.id.localeCompare(a.id);
}
