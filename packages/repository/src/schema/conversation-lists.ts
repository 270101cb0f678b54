import {
  Channel,
  CONTACT_ID_LENGTH,
  type Conversation,
  ConversationStatus,
  TAG_LIMIT,
  type TenantId,
} from '@baton/schema';
import type { CountDocumentsOptions } from 'mongodb';
import type { Collections } from './open-collections.ts';

/** The longest name of a list: a contact's. */
export const MAX_LIST_NAME = 'contact:'.length + CONTACT_ID_LENGTH;
/** A channel's, a stage's, an owner's, a contact's, that of follow-ups, and each tag's. */
export const MAX_LISTS = 5 + TAG_LIMIT;

/** The fields by which a conversation stands in its lists. */
export const LISTED_BY = ['channel', 'stage', 'owner', 'contactId', 'nextFollowUpAt', 'tags'] as const;

type Listed = Pick<Conversation, (typeof LISTED_BY)[number]>;

/** The names of lists, as they are kept and asked for. */
export const listNamed = {
  channel: (channel: Conversation['channel']) => `channel:${channel}`,
  stage: (stage: Conversation['stage']) => `stage:${stage}`,
  owner: (agentId: Conversation['owner']['agentId']) => `owner:${agentId}`,
  contact: (contactId: Conversation['contactId']) => `contact:${contactId}`,
  tag: (tag: string) => `tag:${tag}`,
  followUps: 'follow_ups',
};

/** The filter of every conversation in the words that `by_list` wants: each stands in the list of just one channel. */
export const EVERY_CONVERSATION = {
  listedUnder: { $in: Channel.options.map((channel) => listNamed.channel(channel)) },
  status: { $in: ConversationStatus.options },
};

/** Every list that a conversation stands in. */
export function listsOf({ channel, stage, owner, contactId, nextFollowUpAt, tags }: Listed): string[] {
  return [
    listNamed.channel(channel),
    listNamed.stage(stage),
    listNamed.owner(owner.agentId),
    listNamed.contact(contactId),
    ...(nextFollowUpAt === null ? [] : [listNamed.followUps]),
    ...tags.map((tag) => listNamed.tag(tag)),
  ];
}

/** How many conversations stand in a list: read from the keys of the index alone. */
export function countListed(
  { conversations }: Collections,
  filter: { tenantId: TenantId; listedUnder: string; status?: ConversationStatus },
  options: CountDocumentsOptions,
): Promise<number> {
  return conversations.collection.countDocuments(filter, { ...options, hint: 'by_list' });
}
