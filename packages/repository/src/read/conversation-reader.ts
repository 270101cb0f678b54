import type { ListConversations, TenantId } from '@baton/schema';
import type { Document, Filter } from 'mongodb';
import type { WireDocument } from '../schema/collections.ts';
import { ALL_CONVERSATIONS, listName } from '../schema/conversation-lists.ts';
import { dateOfInstant } from '../schema/instant.ts';
import { combinationName, type ListFilters } from '../schema/list-combinations.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type CombinedList, CombinedReader } from './combined-list.ts';
import type { ContactReads } from './contact.ts';
import { readByInstant } from './instant-list.ts';
import type { FoundItems } from './page-bytes.ts';
import type { InstantPosition } from './page.ts';

const NEWEST_CHANGE = { field: 'updatedAt', direction: -1 } as const;
const LONGEST_WAIT = { field: 'metrics.waitingSince', direction: 1 } as const;

const ANY_STATUS = ALL_CONVERSATIONS.status;
const ANY_CHANNEL = ALL_CONVERSATIONS.listedUnder;

type ReadConversations = (
  after: InstantPosition | null,
  limit: number,
) => Promise<FoundItems<WireDocument<'conversations'>>>;

/** The names of the lists that are asked for, but for a contact's. */
function filtersOf(input: ListConversations): ListFilters {
  const { channel, stage, agentId, followUpBefore, waitingBefore, tag, sort } = input;
  return {
    channel: channel && listName.channel(channel),
    stage: stage && listName.stage(stage),
    owner: agentId && listName.owner(agentId),
    followUps: followUpBefore && listName.followUps,
    // A list by waiting has no others.
    waiting: sort === 'updatedAt' && waitingBefore ? listName.waiting : undefined,
    tag: tag && listName.tag(tag),
  };
}

/** What a conversation's own fields must be; its lists, its status and when it changed are left to who asks. */
function fieldsAskedFor(input: ListConversations): Filter<Document> {
  const { channel, stage, agentId, contactId, followUpBefore, waitingBefore, tag, sort } = input;
  const isWaiting = waitingBefore !== undefined || sort === 'waitingSince';
  return {
    ...(channel && { channel }),
    ...(stage && { stage }),
    ...(agentId && { 'owner.agentId': agentId }),
    ...(contactId !== undefined && { contactId }),
    ...(tag !== undefined && { tags: tag }),
    ...(isWaiting && {
      'metrics.waitingSince': { $type: 'date', ...(waitingBefore && { $lt: dateOfInstant(waitingBefore) }) },
    }),
    ...(followUpBefore && { nextFollowUpAt: { $type: 'date', $lt: dateOfInstant(followUpBefore) } }),
  };
}

/** The list by the latest change that has the fewest conversations; every channel's where none is asked for. */
function narrowestList({ contactId, ...input }: ListConversations): CombinedList['listedUnder'] {
  const { tag, owner, followUps, stage, channel } = filtersOf(input);
  const contact = contactId === undefined ? undefined : listName.contact(contactId);
  return contact ?? tag ?? owner ?? followUps ?? stage ?? channel ?? ANY_CHANNEL;
}

/**
 * What reads a list: one index serves each filter alone; two and more, and those by waiting with any, are read by the
 * name of the combination. A contact has few conversations, so that all of them may be looked at.
 */
export function conversationReader(
  collections: Collections,
  tenantId: TenantId,
  input: ListConversations,
  contacts: ContactReads,
): ReadConversations {
  const { sort, contactId, updatedAfter, status = ANY_STATUS } = input;
  const filters = filtersOf(input);
  const given = Object.values(filters).filter((name) => name !== undefined);
  const filter = fieldsAskedFor(input);
  const isOfContact = contactId !== undefined;
  const isByWaiting = sort === 'waitingSince';
  if (
    isByWaiting
      ? isOfContact || given.length > 0 || input.status !== undefined
      : !isOfContact && needsName(filters)
  ) {
    const name = isOfContact ? listName.contact(contactId) : combinationName(filters);
    const list: CombinedList = {
      tenantId,
      sort,
      names: name === '' ? ANY_CHANNEL : name,
      status,
      filter,
      listedUnder: narrowestList(input),
      updatedAfter: updatedAfter === undefined ? 0 : dateOfInstant(updatedAfter).getTime(),
      nextFollowUpAt: filter['nextFollowUpAt'],
    };
    const reader = new CombinedReader(
      collections,
      list,
      contacts,
      isByWaiting ? LONGEST_WAIT : NEWEST_CHANGE,
    );
    return (after, limit) => reader.read(after, limit);
  }
  const changed = updatedAfter === undefined ? {} : { updatedAt: { $gt: dateOfInstant(updatedAfter) } };
  const order = isByWaiting
    ? { filter: { tenantId, ...filter, ...changed }, index: 'by_waiting', ...LONGEST_WAIT }
    : {
        // Where nothing narrows the list, mongod merges the sorted runs of every channel and status.
        filter: { tenantId, listedUnder: narrowestList(input), status, ...filter, ...changed },
        index: 'by_list',
        ...NEWEST_CHANGE,
      };
  return (after, limit) => readByInstant(collections.conversations, order, after, limit);
}

/** Whether the list of one filter may have many conversations that the others leave out. */
function needsName({ waiting, ...others }: ListFilters): boolean {
  return waiting !== undefined || Object.values(others).filter((name) => name !== undefined).length > 1;
}
