import type { Conversation, Entry } from '@baton/schema';
import type { Api } from './api-command.ts';

const TIMELINE_PAGE_LIMIT = 500;

export async function* timelineEntries(api: Api, conversationId: Conversation['id']): AsyncGenerator<Entry> {
  let afterSeq = 0;
  for (;;) {
    const { items, more } = await api.conversations.timeline.query({
      conversationId,
      afterSeq,
      limit: TIMELINE_PAGE_LIMIT,
    });
    yield* items;
    const last = items.at(-1);
    if (!more || last === undefined) return;
    afterSeq = last.seq;
  }
}
