import { expect, test } from 'vitest';
import { listMessages } from './baton-peers.ts';

test('a conversation is read page by page, the oldest message first', async () => {
  const asked: object[] = [];
  const listed = await listMessages(async (input) => {
    asked.push(input);
    const isFirst = input.cursor === undefined;
    return {
      items: [{ author: { kind: 'customer' }, text: isFirst ? 'the newest' : 'the oldest' }],
      nextCursor: isFirst ? 'next' : null,
    };
  }, 'a');
  expect(listed.map(({ text }) => text)).toEqual(['the oldest', 'the newest']);
  expect(asked).toEqual([
    { conversationId: 'a', limit: 100, order: 'newest' },
    { conversationId: 'a', limit: 100, order: 'newest', cursor: 'next' },
  ]);
});
