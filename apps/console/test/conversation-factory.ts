import { type DecideContext, execute } from '@baton/domain';
import { type Conversation, commandInputs, type ConversationView, type Entry } from '@baton/schema';

const CONTEXT: Omit<DecideContext, 'id'> = {
  at: '2026-11-01T00:00:00.000Z',
  actor: { kind: 'system' },
  agents: null,
  mayForce: false,
  businessHours: null,
  jitter: 0,
};

let made = 0;

const nextId = () => {
  made += 1;
  return made.toString(16).padStart(24, 'c');
};

/** A new conversation, made by the domain's own `execute`; with `text`, the customer's first words. */
export function conversation(contactId: string, name: string | null = null, text?: string): ConversationView {
  const input = commandInputs['conversations.create'].parse({
    contactId,
    channel: 'web',
    ...(text !== undefined && { initialMessage: { text } }),
  });
  const created = execute(null, { type: 'conversations.create', input }, { ...CONTEXT, id: nextId() });
  return { ...created.conversation, contact: { id: contactId, name } };
}

/** What the feed says as the contact of a conversation is erased. */
export function erasureOf(known: Conversation): readonly Entry[] {
  const type = 'privacy.eraseConversation';
  const input = commandInputs[type].parse({ conversationId: known.id, contactId: 'erased-1' });
  return execute(known, { type, input }, { ...CONTEXT, id: nextId() }).entries;
}
