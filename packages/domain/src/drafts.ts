import type { Conversation, ConversationId, KnownEntry } from '@baton/schema';
import type { DecideContext, Draft } from './decide.ts';
import { evolve } from './evolve.ts';

/** The entries of drafts: with the next sequence numbers, and one version, instant and actor for all. */
export function toEntries(
  conversation: Conversation | null,
  conversationId: ConversationId,
  drafts: readonly Draft[],
  context: Pick<DecideContext, 'at' | 'actor'>,
): KnownEntry[] {
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

/** The conversation after these drafts, for a decision in two steps. */
export function applyDrafts(
  conversation: Conversation,
  drafts: readonly Draft[],
  context: Pick<DecideContext, 'at' | 'actor'>,
): Conversation {
  return toEntries(conversation, conversation.id, drafts, context).reduce<Conversation>(evolve, conversation);
}
