import { type Conversation, type ListConversations, timestamp } from '@baton/schema';
import type { InboxParams } from './inbox-params.ts';

export type InboxSort = 'change' | 'waiting';

export type InboxFilter = Pick<ListConversations, 'stage' | 'channel' | 'tag'> & {
  /** Null for any status. */
  status: Conversation['status'] | null;
  agentId?: Conversation['owner']['agentId'];
  contactId?: string;
  updatedAfter?: string;
  /** In minutes. */
  waits?: InboxParams['waits'];
  due?: InboxParams['due'];
  sort: InboxSort;
};

/** The instants that relative filters mean at one moment. */
export type Bounds = Pick<ListConversations, 'waitingBefore' | 'followUpBefore'>;

const MINUTE = 60_000;

/** @param now milliseconds since 1970; "today" ends at the viewer's midnight */
export function boundsOf({ waits, due }: Pick<InboxFilter, 'waits' | 'due'>, now: number): Bounds {
  const midnight = new Date(now);
  midnight.setHours(24, 0, 0, 0);
  const week = new Date(midnight);
  week.setDate(week.getDate() + 6);
  const dueBefore = { overdue: now, today: midnight.getTime(), week: week.getTime() };
  return {
    ...(waits !== undefined && { waitingBefore: timestamp(now - waits * MINUTE) }),
    ...(due !== undefined && { followUpBefore: timestamp(dueBefore[due]) }),
  };
}

export function toInboxFilter(params: InboxParams): InboxFilter {
  return {
    status: params.status === 'any' ? null : (params.status ?? defaultStatus(params)),
    stage: params.stage,
    channel: params.channel,
    tag: params.tag,
    agentId: params.agent,
    contactId: params.contact,
    updatedAfter: params.since,
    waits: params.waits,
    due: params.due,
    sort: params.sort ?? 'change',
  };
}

/** Active by default, but follow-ups may be due in any status. */
export function defaultStatus({ due }: InboxParams): Conversation['status'] | null {
  return due === undefined ? 'active' : null;
}

export function listInput(
  { status, sort, waits: _waits, due: _due, ...rest }: InboxFilter,
  bounds: Bounds,
): Omit<ListConversations, 'limit' | 'cursor'> {
  return {
    ...rest,
    ...bounds,
    status: status ?? undefined,
    sort: sort === 'waiting' ? 'waitingSince' : 'updatedAt',
  };
}

const isBefore = (at: string | null, bound: string | undefined): boolean =>
  bound === undefined || (at !== null && at < bound);

/** Must match the server's own filter. */
export function matches(conversation: Conversation, filter: InboxFilter, bounds: Bounds): boolean {
  return (
    isBefore(conversation.metrics.waitingSince, bounds.waitingBefore) &&
    isBefore(conversation.nextFollowUpAt, bounds.followUpBefore) &&
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

/** Instants and ids are ASCII of equal length, so text order is their order. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Must match the server's order; the id breaks ties. */
export function compareConversations(sort: InboxSort): (a: Conversation, b: Conversation) => number {
  if (sort === 'waiting') {
    const since = ({ metrics, createdAt }: Conversation) => metrics.waitingSince ?? createdAt;
    return (a, b) => compareText(since(a), since(b)) || compareText(a.id, b.id);
  }
  return (a, b) => compareText(b.updatedAt, a.updatedAt) || compareText(b.id, a.id);
}
