import type { Conversation, ConversationId, Entry } from '@baton/schema';
import type { DecideContext, Draft } from './decide.ts';
import { evolve } from './evolve.ts';

/** Gives drafts their place: the next numbers, one version for all, who and when. */
export function seal(
  conversation: Conversation | null,
  conversationId: ConversationId,
  drafts: readonly Draft[],
  context: Pick<DecideContext, 'at' | 'actor'>,
): Entry[] {
  const lastSeq = conversation?.lastSeq ?? 0;
  const version = (conversation?.version ?? 0) + 1;
  return drafts.map((draft, index) => ({
    conversationId,
    seq: lastSeq + index + 1,
    version,
    at: context.at,
    actor: context.actor,
    ...draft,
  }));
}

/** The conversation as it will be after these drafts: for a decision in two steps. */
export function after(
  conversation: Conversation,
  drafts: readonly Draft[],
  context: Pick<DecideContext, 'at' | 'actor'>,
): Conversation {
  return seal(conversation, conversation.id, drafts, context).reduce<Conversation>(evolve, conversation);
}
