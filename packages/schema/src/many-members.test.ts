import { expect, test } from 'vitest';
import type { z } from 'zod';
import { RestoreConversation } from './archive.ts';
import { NewTags, UpdateConversation } from './conversation.ts';
import { AppendTurn } from './message.ts';

const messagesOf = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input).error?.issues.map(({ message }) => message);
const many = (value: unknown) => Array.from({ length: 1_000 }, () => value);

const conversationId = '0123456789abcdef01234567';

test.each([
  ['tags', NewTags, many(1), 'Too big: expected array to have <=50 items'],
  [
    'keys of metadata',
    UpdateConversation,
    { conversationId, metadata: Object.fromEntries(many(1).map((value, index) => [`!${index}`, value])) },
    'At most 50 keys',
  ],
  [
    'keys of metadata in an archive',
    RestoreConversation,
    {
      conversationId,
      entries: [
        {
          kind: 'details',
          metadata: Object.fromEntries(many(1).map((value, index) => [`!${index}`, value])),
        },
      ],
    },
    'At most 50 keys',
  ],
  [
    'messages of a turn',
    AppendTurn,
    { conversationId, messages: many(null) },
    'Too big: expected array to have <=100 items',
  ],
  [
    'parts of a message',
    AppendTurn,
    {
      conversationId,
      messages: [{ clientMessageId: 'a', author: { kind: 'customer' }, text: 'a', parts: many(null) }],
    },
    'Too big: expected array to have <=200 items',
  ],
])('too many %s are one fault, however many of them are wrong', (_, schema, input, message) => {
  expect(messagesOf(schema, input)).toEqual([message]);
});
