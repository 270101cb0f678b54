import { type Conversation, TAG_LIMIT } from '@baton/schema';
import { type LIST_FIELDS, listName, MAX_LIST_NAME_LENGTH } from './conversation-lists.ts';

/** For how long a conversation has not changed before it is named: most have had their last message of the day. */
export const QUIET_MS = 10 * 60_000;

/** How many filters together have a list of their own; further ones are looked at in each conversation. */
const LARGEST_COMBINATION = 3;
export const MAX_COMBINATION_LENGTH = LARGEST_COMBINATION * (MAX_LIST_NAME_LENGTH + 1);
/** A contact's; of five others up to three together; each tag's, alone and with up to two of the five. */
export const MAX_COMBINATIONS = 1 + 25 + TAG_LIMIT * 16;

/** Filters by name, in the order in which a combination names them: only the last is free text, so names are told apart. */
export type ListFilters = {
  channel?: string | undefined;
  stage?: string | undefined;
  owner?: string | undefined;
  followUps?: string | undefined;
  waiting?: string | undefined;
  tag?: string | undefined;
};

const IN_ORDER = ['channel', 'stage', 'owner', 'followUps', 'waiting', 'tag'] as const;
/** Which filters a combination leaves out first where there are too many: those that leave most conversations. */
const LEAST_SELECTIVE = ['channel', 'stage', 'waiting', 'followUps', 'owner', 'tag'] as const;

const join = (names: readonly string[]): string => names.join('&');

/** The name of the list that serves filters, or most of them. */
export function combinationName(filters: ListFilters): string {
  const given = IN_ORDER.filter((filter) => filters[filter] !== undefined);
  const excess = Math.max(0, given.length - LARGEST_COMBINATION);
  const leftOut = new Set<string>(
    LEAST_SELECTIVE.filter((filter) => filters[filter] !== undefined).slice(0, excess),
  );
  return join(given.flatMap((filter) => (leftOut.has(filter) ? [] : (filters[filter] ?? []))));
}

/** The sets of up to `size` names, in their order. */
function subsets(names: readonly string[], size: number): string[][] {
  const [first, ...others] = names;
  if (first === undefined || size === 0) return [[]];
  return [...subsets(others, size), ...subsets(others, size - 1).map((subset) => [first, ...subset])];
}

export type ListableConversation = Pick<
  Conversation,
  'id' | 'status' | 'updatedAt' | 'version' | (typeof LIST_FIELDS)[number]
> & { metrics: Pick<Conversation['metrics'], 'waitingSince'> };

/** The lists that a conversation is in: those of one filter, and of two and three together. */
export function combinationsOf(conversation: ListableConversation): string[] {
  const { channel, stage, owner, contactId, nextFollowUpAt, tags, metrics } = conversation;
  const names = [
    listName.channel(channel),
    listName.stage(stage),
    listName.owner(owner.agentId),
    ...(nextFollowUpAt === null ? [] : [listName.followUps]),
    ...(metrics.waitingSince === null ? [] : [listName.waiting]),
  ];
  const withTag = subsets(names, LARGEST_COMBINATION - 1);
  return [
    listName.contact(contactId),
    ...subsets(names, LARGEST_COMBINATION).flatMap((subset) => (subset.length === 0 ? [] : [join(subset)])),
    ...tags.flatMap((tag) => withTag.map((subset) => join([...subset, listName.tag(tag)]))),
  ];
}
