import { Channel, CONTACT_ID_LENGTH, type Conversation, ConversationStatus, TAG_LIMIT } from '@baton/schema';

/** The longest name of a list: a contact's. */
export const MAX_LIST_NAME_LENGTH = 'contact:'.length + CONTACT_ID_LENGTH;
/** A channel's, a stage's, an owner's, a contact's, that of follow-ups, and each tag's. */
export const MAX_LISTS_OF_CONVERSATION = 5 + TAG_LIMIT;

/** The fields by which a conversation stands in its lists. */
export const LIST_FIELDS = ['channel', 'stage', 'owner', 'contactId', 'nextFollowUpAt', 'tags'] as const;

type Listed = Pick<Conversation, (typeof LIST_FIELDS)[number]>;

/** The names of lists, as they are kept and asked for. */
export const listName = {
  channel: (channel: Conversation['channel']) => `channel:${channel}`,
  stage: (stage: Conversation['stage']) => `stage:${stage}`,
  owner: (agentId: Conversation['owner']['agentId']) => `owner:${agentId}`,
  contact: (contactId: Conversation['contactId']) => `contact:${contactId}`,
  tag: (tag: string) => `tag:${tag}`,
  followUps: 'follow_ups',
  /** Of `listed_conversations` alone: it changes with most messages. */
  waiting: 'waiting',
};

/** Matches every conversation by the fields of `by_list`: each is in the list of exactly one channel. */
export const ALL_CONVERSATIONS = {
  listedUnder: { $in: Channel.options.map((channel) => listName.channel(channel)) },
  status: { $in: ConversationStatus.options },
};

export function listsOf({ channel, stage, owner, contactId, nextFollowUpAt, tags }: Listed): string[] {
  return [
    listName.channel(channel),
    listName.stage(stage),
    listName.owner(owner.agentId),
    listName.contact(contactId),
    ...(nextFollowUpAt === null ? [] : [listName.followUps]),
    ...tags.map((tag) => listName.tag(tag)),
  ];
}
