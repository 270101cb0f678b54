import { z } from 'zod';
import { AuthorKind } from './actor.ts';
import { Conversation, ConversationStatus } from './conversation.ts';
import { AgentId, ConversationId } from './id.ts';
import { pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { MessageEntry } from './timeline.ts';

/** Words, "phrases" and -exclusions, as MongoDB's $text reads them. */
const query = text(500);

export const SearchConversations = z.strictObject({
  text: query,
  stage: SalesStage.optional(),
  status: ConversationStatus.optional(),
  agentId: AgentId.optional(),
  ...pageFields,
});
export type SearchConversations = z.infer<typeof SearchConversations>;

export const SearchMessages = z.strictObject({
  text: query,
  conversationId: ConversationId.optional(),
  author: AuthorKind.optional(),
  ...pageFields,
});
export type SearchMessages = z.infer<typeof SearchMessages>;

/** A word that matched: from `start` to before `end` in the text, in UTF-16 units. */
export const Highlight = z.strictObject({ start: z.int().min(0), end: z.int().min(0) });
export type Highlight = z.infer<typeof Highlight>;

export const MessageHit = z.strictObject({
  message: MessageEntry,
  score: z.number(),
  highlights: z.array(Highlight),
});
export type MessageHit = z.infer<typeof MessageHit>;

export const ConversationHit = z.strictObject({
  conversation: Conversation,
  /** Of its best message. */
  score: z.number(),
  /** How many of its messages matched. */
  matches: z.int(),
  best: MessageHit,
});
export type ConversationHit = z.infer<typeof ConversationHit>;
