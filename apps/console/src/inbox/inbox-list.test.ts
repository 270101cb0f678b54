// @vitest-environment node
import type { Baton } from '@baton/client';
import { execute } from '@baton/domain';
import { commandInputs, type Conversation, type Entry } from '@baton/schema';
import { expect, test, vi } from 'vitest';
import { conversation as created, erasureOf } from '../../test/conversation-factory.ts';
import { toInboxFilter } from './inbox-filter.ts';
import { InboxList } from './inbox-list.ts';
import type { InboxParams } from './inbox-params.ts';

/** A conversation with what the list looks at, changed at this minute. */
const conversation = (id: string, minute: number, lastSeq = 1): Conversation =>
  ({
    id,
    contactId: id,
    status: 'active',
    lastSeq,
    metrics: { waitingSince: null },
    updatedAt: `2026-03-02T10:${String(minute).padStart(2, '0')}:00.000Z`,
  }) as unknown as Conversation;

// The list looks at nothing else of an entry.
const entry = (conversationId: string, seq: number): Entry => ({ conversationId, seq }) as unknown as Entry;

type Page = { items: Conversation[]; nextCursor: string | null };

/** The list before a server that answers so. */
function listOf(
  answers: {
    list: () => Page | Promise<Page>;
    get?: (asked: { conversationId: string }) => Promise<Conversation>;
  },
  params: InboxParams = {},
) {
  const get = vi.fn(answers.get);
  const query = vi.fn(async (_input: object) => answers.list());
  // Only these two procedures are called.
  const api = { conversations: { list: { query }, get: { query: get } } } as unknown as Baton['api'];
  const list = new InboxList(api, toInboxFilter(params));
  return { list, get, query, shown: () => list.state.conversations.map(({ id }) => id) };
}

test('a page that cannot be read says why, and keeps what is shown', async () => {
  let isDown = false;
  const { list, shown } = listOf({
    list: () => {
      if (isDown) throw new Error('down');
      return { items: [conversation('a', 2)], nextCursor: null };
    },
  });
  await list.load();
  isDown = true;
  await list.load();
  expect(list.state).toMatchObject({ error: new Error('down'), isLoading: false });
  expect(shown()).toEqual(['a']);
});

test('what lies beyond the last page that was read waits for that page', async () => {
  const { list, shown, query } = listOf({
    list: () => ({ items: [conversation('a', 9), conversation('b', 5)], nextCursor: 'next' }),
    get: async () => conversation('old', 1),
  });
  await list.load();
  list.applyEntry(entry('old', 4));
  await vi.waitFor(() => expect(list.state.hasMore).toBe(true));
  expect(shown()).toEqual(['a', 'b']);
  query.mockResolvedValueOnce({ items: [conversation('old', 1)], nextCursor: null });
  await list.loadMore();
  await list.loadMore();
  expect(query).toHaveBeenCalledTimes(2);
  expect(shown()).toEqual(['a', 'b', 'old']);
});

test('one that the list does not know is read once, however much the feed says of it', async () => {
  let answer: (read: Conversation) => void = () => undefined;
  const { list, get, shown } = listOf({
    list: () => ({ items: [conversation('a', 2)], nextCursor: null }),
    get: () => new Promise((resolve) => (answer = resolve)),
  });
  await list.load();
  list.applyEntry(entry('new', 1));
  list.applyEntry(entry('new', 2));
  list.applyEntry(entry('a', 1));
  expect(get).toHaveBeenCalledTimes(1);
  answer(conversation('new', 3));
  await vi.waitFor(() => expect(shown()).toEqual(['new', 'a']));
});

test('nothing moves while it is held; what has another place is counted', async () => {
  const { list, shown } = listOf({
    list: () => ({ items: [conversation('a', 2)], nextCursor: null }),
    get: async () => conversation('new', 3),
  });
  const changed = vi.fn();
  const stop = list.subscribe(changed);
  await list.load();
  list.setHeld(true);
  list.applyEntry(entry('new', 1));
  await vi.waitFor(() => expect(list.state.heldChanges).toBe(1));
  expect(shown()).toEqual(['a']);
  list.setHeld(false);
  expect(shown()).toEqual(['new', 'a']);
  expect(list.state.heldChanges).toBe(0);
  stop();
  changed.mockClear();
  list.reorder();
  expect(changed).not.toHaveBeenCalled();
});

test('an erasure takes the name and the words from a row that stays', async () => {
  const known = created('mira-1', 'Mira', 'I am Mira');
  const row = { ...known, lastPublicMessage: known.lastMessage };
  const { list } = listOf({ list: () => ({ items: [row], nextCursor: null }) }, { status: 'any' });
  await list.load();
  expect(list.state.conversations).toEqual([row]);
  for (const said of erasureOf(known)) list.applyEntry(said);
  const [erased] = list.state.conversations;
  expect(erased).toMatchObject({ contactId: 'erased-1', contact: null, lastMessage: { preview: '' } });
  expect(JSON.stringify(erased)).not.toMatch(/mira/i);
});

test('one that cannot be read is asked for again by the next entry', async () => {
  const { list, get } = listOf({
    list: () => ({ items: [], nextCursor: null }),
    get: () => Promise.reject(new Error('down')),
  });
  await list.load();
  list.applyEntry(entry('new', 1));
  await vi.waitFor(() => expect(get).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  await vi.waitFor(() => {
    list.applyEntry(entry('new', 2));
    expect(get).toHaveBeenCalledTimes(2);
  });
});

test('read anew, what the feed said meanwhile wins over older pages, and what is gone goes', async () => {
  const pages: ((page: Page) => void)[] = [];
  const { list, shown } = listOf({
    list: () => new Promise((resolve) => pages.push(resolve)),
    get: async ({ conversationId }) => conversation(conversationId, conversationId === 'a' ? 9 : 8, 5),
  });
  const first = list.load();
  pages[0]?.({ items: [conversation('a', 2), conversation('b', 1)], nextCursor: null });
  await first;
  const anew = list.load();
  list.applyEntry(entry('a', 5));
  await vi.waitFor(() => expect(list.state.conversations[0]?.lastSeq).toBe(5));
  list.applyEntry(entry('new', 5));
  await vi.waitFor(() => expect(shown()).toEqual(['a', 'new', 'b']));
  // Read before all that; b fits the filter no longer.
  pages[1]?.({ items: [conversation('a', 2, 1)], nextCursor: null });
  await anew;
  expect(shown()).toEqual(['a', 'new']);
  expect(list.state.conversations[0]?.lastSeq).toBe(5);
});

test('a note leaves the last public message beside it, until the next one', async () => {
  const begun = execute(
    null,
    {
      type: 'conversations.create',
      input: commandInputs['conversations.create'].parse({
        contactId: 'mira',
        channel: 'web',
        initialMessage: { text: 'We need it by Friday' },
      }),
    },
    {
      at: '2026-03-02T10:00:00.000Z',
      actor: { kind: 'system' },
      id: 'c'.repeat(24),
      agents: null,
      mayForce: false,
      businessHours: null,
      jitter: 0,
    },
  );
  const first = { ...begun.conversation, contact: null };
  const { list } = listOf({ list: () => ({ items: [first], nextCursor: null }) });
  await list.load();
  const say = (visibility: 'internal' | 'public', text: string) => {
    const said = begun.entries.find((each) => each.kind === 'message');
    const seq = (list.state.conversations[0]?.lastSeq ?? 0) + 1;
    const author = { kind: 'agent', agentId: 'closer' };
    // Of the ids only their text counts here.
    list.applyEntry({ ...said, seq, author, visibility, text } as Entry);
    return list.state.conversations[0];
  };
  const preview = 'We need it by Friday';
  expect(say('internal', 'Ask legal')).toMatchObject({ lastPublicMessage: { preview } });
  expect(say('internal', 'They said yes')).toMatchObject({
    lastMessage: { preview: 'They said yes' },
    lastPublicMessage: { preview },
  });
  expect(say('public', 'You have it tomorrow')?.lastPublicMessage).toBeUndefined();
});

test('one that the feed is ahead of tells a note from what the customer may see', async () => {
  const known = conversation('mira', 1);
  const note = { author: { kind: 'agent', agentId: 'closer' }, preview: 'Ask legal' };
  // Of the last message only what a row shows.
  const changed = { ...conversation('mira', 2, 5), lastMessage: note } as unknown as Conversation;
  const inList = { ...changed, lastPublicMessage: { preview: 'We need it by Friday' } };
  const { list, query } = listOf({
    list: () => ({ items: [known], nextCursor: null }),
    get: async () => changed,
  });
  await list.load();
  query.mockResolvedValueOnce({ items: [conversation('other', 3), inList], nextCursor: null });
  list.applyEntry(entry('mira', 5));
  await vi.waitFor(() => expect(list.state.conversations).toEqual([inList]));
  expect(query).toHaveBeenLastCalledWith({ contactId: 'mira', limit: 10 });
});
