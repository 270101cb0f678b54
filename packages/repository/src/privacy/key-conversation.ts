import { type Document, ObjectId } from 'mongodb';

const ANSWERED = `{"conversationId":"${'0'.repeat(24)}"`;
const CONVERSATION_IN = /^\{"conversationId":"([0-9a-f]{24})"$/;

/** What tells of an idempotency record which conversation it is of: of what is no command, the answer begins with it; see `create-file.ts`. */
export const KEY_CONVERSATION = {
  conversationId: 1,
  answer: { $substrCP: ['$answer', 0, ANSWERED.length] },
} as const;

/** The conversation of an idempotency record that was read by `KEY_CONVERSATION`; null where it is of none. */
export function keyConversation({ conversationId, answer }: Document): ObjectId | null {
  if (conversationId instanceof ObjectId) return conversationId;
  const [, id] = CONVERSATION_IN.exec(String(answer)) ?? [];
  return id === undefined ? null : new ObjectId(id);
}
