import type { ConversationId, MessageChange } from '@baton/schema';
import { expect } from 'vitest';
import { newContact, type TestServer } from '../../../apps/server/test/test-server.ts';
import type { ConversationReplica, ReplicaState } from '../src/watch.ts';

export async function newConversation({ baton }: TestServer): Promise<ConversationId> {
  const initialMessage = { text: 'Hello' };
  const created = await baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
    initialMessage,
  });
  return created.id;
}

let ids = 0;
export const newMessageId = (): string => `m-${(ids += 1)}`;

export function customerSays(
  { baton }: TestServer,
  conversationId: string,
  text: string,
): Promise<MessageChange> {
  const author = { kind: 'customer' } as const;
  return baton.api.messages.append.mutate({ conversationId, clientMessageId: newMessageId(), author, text });
}

export const textsOf = ({ entries }: ReplicaState): string[] =>
  entries.flatMap((entry) => (entry.kind === 'message' ? [entry.text] : []));

export const seqsOf = ({ entries }: ReplicaState): number[] => entries.map(({ seq }) => seq);

export const numbers = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

/** Everything that a replica shows, from now on. */
export function record(replica: ConversationReplica): ReplicaState[] {
  const states = [replica.state];
  replica.subscribe(() => states.push(replica.state));
  return states;
}

/** Waits until a replica has caught up with the store, and shows the very same. */
export async function expectEqualToStore({ baton }: TestServer, replica: ConversationReplica): Promise<void> {
  const conversationId = replica.state.conversation?.id ?? '';
  const kept = await baton.api.conversations.get.query({ conversationId });
  const state = await replica.until(
    ({ conversation, pending }) => conversation?.lastSeq === kept.lastSeq && pending.length === 0,
  );
  expect(state.conversation).toEqual(kept);
  const entries = [];
  for (let afterSeq = 0; ; afterSeq = entries.at(-1)?.seq ?? 0) {
    const { items, more } = await baton.api.conversations.timeline.query({
      conversationId,
      afterSeq,
      limit: 500,
    });
    entries.push(...items);
    if (!more) break;
  }
  expect(state.entries).toEqual(entries);
}
