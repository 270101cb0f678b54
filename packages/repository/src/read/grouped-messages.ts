import { ConversationId, type ListMessages, type MessageView, type Page, type TenantId } from '@baton/schema';
import type { ReadGate } from '../fairness/read-gate.ts';
import type { Collections } from '../schema/open-collections.ts';
import { GroupedReads } from './grouped-reads.ts';
import { messagePage, messageQueries, readMessage } from './message.ts';
import { type FoundItems, JSON_OF_A_CHARACTER, PageBytes } from './page-bytes.ts';
import { type EndEntries, readTimelineEnds, type TimelineEnd } from './timeline-ends.ts';

/** How many entries of other kinds may lie among a page's messages. */
const OTHER_ENTRIES = 4;
/** How many first pages are one read. */
const GROUP_SIZE = 16;

/** `messages.list` for callers who share the reads of their first pages. */
export function groupedMessages(collections: Collections, reads: ReadGate) {
  const readEnds = async (tenantId: TenantId, keys: readonly string[]) => {
    const ends = new Map(keys.map((key) => [endOf(key), key]));
    const found = await reads.run(tenantId, 'quick', () =>
      readTimelineEnds(collections, tenantId, [...ends.keys()]),
    );
    return new Map([...found].map(([end, entries]) => [ends.get(end) ?? '', entries]));
  };
  const groups = new GroupedReads(readEnds, { groupSize: GROUP_SIZE });

  /** Null where the end of the timeline that was read does not tell. */
  async function firstPage(tenantId: TenantId, input: ListMessages): Promise<Page<MessageView> | null> {
    const entries = await groups.ask(tenantId, keyOf(input));
    const found = entries && messagesIn(collections, entries, input);
    return found && messagePage(tenantId, input, async () => found);
  }

  return {
    /** @throws Refusal NOT_FOUND, INVALID_CURSOR, RATE_LIMITED */
    async list(tenantId: TenantId, input: ListMessages): Promise<Page<MessageView>> {
      const first = input.cursor === undefined ? await firstPage(tenantId, input) : null;
      return first ?? reads.run(tenantId, 'quick', () => messageQueries.list(collections, tenantId, input));
    },
  };
}

function keyOf({ conversationId, order, limit }: ListMessages): string {
  return `${conversationId} ${order} ${limit + 1 + OTHER_ENTRIES}`;
}

function endOf(key: string): TimelineEnd {
  const [id, order, entries] = key.split(' ');
  return {
    conversationId: ConversationId.parse(id),
    order: order === 'oldest' ? 'oldest' : 'newest',
    entries: Number(entries),
  };
}

/** The messages of a page and one more; null where these are too few or cannot be read. */
function messagesIn(
  collections: Collections,
  { documents, isWhole }: EndEntries,
  { limit, visibility }: ListMessages,
): FoundItems<MessageView> | null {
  const items: MessageView[] = [];
  const size = new PageBytes();
  for (const { document, bytes } of documents) {
    if (document['kind'] !== 'message') continue;
    if (visibility !== undefined && document['visibility'] !== visibility) continue;
    const message = readMessage(collections, document);
    if (message === null) return null;
    if (!size.takes(message, bytes * JSON_OF_A_CHARACTER)) return { items, isCut: true };
    items.push(message);
    if (items.length > limit) return { items, isCut: false };
  }
  return isWhole ? { items, isCut: false } : null;
}
