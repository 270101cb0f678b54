import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { AuthorKind } from './actor.ts';
import { ConversationStatus, ConversationView } from './conversation.ts';
import { AgentId, ConversationId } from './id.ts';
import { type Page, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { MessageView } from './timeline.ts';

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
export interface Highlight {
  start: number;
  end: number;
}
export const Highlight: NamedSchema<Highlight> = named(
  z.strictObject({ start: z.int().min(0), end: z.int().min(0) }),
);

/** The same in the text of a part, which is named by its place among the parts. */
export interface PartHighlight extends Highlight {
  part: number;
}
export const PartHighlight: NamedSchema<PartHighlight> = named(
  z.strictObject({ part: z.int().min(0), start: z.int().min(0), end: z.int().min(0) }),
);

export interface MessageHit {
  message: MessageView;
  score: number;
  /** The first 1,000; none where an answer would have too much text to mark, after about 250,000 characters. */
  highlights: Highlight[];
  /** Those in parts whose text is no part of the message's text; absent where there are none. */
  partHighlights?: PartHighlight[] | undefined;
}
export const MessageHit: NamedSchema<MessageHit> = named(
  z.strictObject({
    message: MessageView,
    score: z.number(),
    highlights: z.array(Highlight),
    partHighlights: z.array(PartHighlight).optional(),
  }),
);

export interface ConversationHit {
  conversation: ConversationView;
  /** Of its best message. */
  score: number;
  /** How many of its messages matched. */
  matches: number;
  best: MessageHit;
}
export const ConversationHit: NamedSchema<ConversationHit> = named(
  z.strictObject({
    conversation: ConversationView,
    score: z.number(),
    matches: z.int(),
    best: MessageHit,
  }),
);

/** A page of hits, and what the search did not do. */
export interface SearchPage<Hit> extends Page<Hit> {
  /** Words and symbols of the query that were not looked for, as they were typed: the index leaves them out. */
  ignored: string[];
  /** Whether more messages match than were ranked: so many that some of the best may be missing. */
  more: boolean;
}

export function searchPage<Hit>(hit: z.ZodType<Hit>): NamedSchema<SearchPage<Hit>> {
  return named<SearchPage<Hit>>(
    z.strictObject({
      items: z.array(hit),
      nextCursor: z.string().nullable(),
      ignored: z.array(z.string()),
      more: z.boolean(),
    }),
  );
}
