import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { AuthorKind } from './actor.ts';
import { Conversation, ConversationStatus } from './conversation.ts';
import { AgentId, ConversationId } from './id.ts';
import { pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { MessageEntry } from './timeline.ts';

/** Words, "phrases" and -exclusions, as MongoDB's $text reads them. */
const query = text(500);

const searchConversationsObject = z.strictObject({
  text: query,
  stage: SalesStage.optional(),
  status: ConversationStatus.optional(),
  agentId: AgentId.optional(),
  ...pageFields,
});
export interface SearchConversations extends z.infer<typeof searchConversationsObject> {}
export interface SearchConversationsInput extends z.input<typeof searchConversationsObject> {}
export const SearchConversations: NamedSchema<SearchConversations, SearchConversationsInput> =
  named(searchConversationsObject);

const searchMessagesObject = z.strictObject({
  text: query,
  conversationId: ConversationId.optional(),
  author: AuthorKind.optional(),
  ...pageFields,
});
export interface SearchMessages extends z.infer<typeof searchMessagesObject> {}
export interface SearchMessagesInput extends z.input<typeof searchMessagesObject> {}
export const SearchMessages: NamedSchema<SearchMessages, SearchMessagesInput> = named(searchMessagesObject);

/** A word that matched: from `start` to before `end` in the text, in UTF-16 units. */
const highlightObject = z.strictObject({ start: z.int().min(0), end: z.int().min(0) });
export interface Highlight extends z.infer<typeof highlightObject> {}
export const Highlight: NamedSchema<Highlight> = named(highlightObject);

const messageHitObject = z.strictObject({
  message: MessageEntry,
  score: z.number(),
  highlights: z.array(Highlight),
});
export interface MessageHit extends z.infer<typeof messageHitObject> {}
export const MessageHit: NamedSchema<MessageHit> = named(messageHitObject);

const conversationHitObject = z.strictObject({
  conversation: Conversation,
  /** Of its best message. */
  score: z.number(),
  /** How many of its messages matched. */
  matches: z.int(),
  best: MessageHit,
});
export interface ConversationHit extends z.infer<typeof conversationHitObject> {}
export const ConversationHit: NamedSchema<ConversationHit> = named(conversationHitObject);
