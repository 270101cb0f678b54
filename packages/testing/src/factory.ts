import { type CommandInput, commandInputs, type CommandType } from '@baton/schema';
import type { z } from 'zod';

/** A command's input as a caller writes it: without defaults and brands. */
type CallerInput<Type extends CommandType> = z.input<(typeof commandInputs)[Type]>;

const ID = 'a'.repeat(24);
const conversation = { conversationId: ID };
const handoff = {
  ...conversation,
  from: 'supervisor',
  to: 'qualifier',
  reason: 'Qualify',
  trigger: 'manual',
};

const smallestInputs: Record<CommandType, Record<string, unknown>> = {
  'conversations.create': { contactId: 'contact-1', channel: 'web' },
  'conversations.update': { ...conversation, tags: [] },
  'conversations.pause': conversation,
  'conversations.resume': conversation,
  'conversations.close': conversation,
  'conversations.abandon': conversation,
  'conversations.reopen': conversation,
  'messages.append': { ...conversation, clientMessageId: 'm-1', author: { kind: 'customer' }, text: 'Hello' },
  'messages.appendTurn': {
    ...conversation,
    messages: [{ clientMessageId: 'm-1', author: { kind: 'customer' }, text: 'Hello' }],
  },
  'messages.redact': { ...conversation, seq: 2 },
  'messages.revise': { ...conversation, seq: 2, text: 'Hello again' },
  'messages.report': { ...conversation, seq: 2, state: 'sent' },
  'messages.rate': { ...conversation, seq: 2, verdict: 'good' },
  'handoffs.transfer': handoff,
  'handoffs.request': handoff,
  'handoffs.accept': { handoffId: ID, by: 'qualifier' },
  'handoffs.reject': { handoffId: ID, by: 'qualifier' },
  'handoffs.cancel': { handoffId: ID },
  'handoffs.expire': { handoffId: ID },
  'conversations.endPause': conversation,
  'conversations.continue': conversation,
  'handoffs.takeover': { ...conversation, by: 'maria' },
  'handoffs.release': { ...conversation, by: 'maria' },
  'stages.transition': { ...conversation, to: 'qualification' },
  'qualification.record': { ...conversation, budget: { verdict: true }, by: 'qualifier' },
  'objections.raise': { ...conversation, type: 'price', text: 'Too dear', severity: 'medium' },
  'objections.resolve': {
    objectionId: ID,
    method: 'Discount',
    handledBy: 'objection_handler',
    confidence: 0.8,
  },
  'objections.defer': { objectionId: ID, reason: 'Not now' },
  'followUps.schedule': { ...conversation, type: 'nurture', dueAt: '2026-01-12T09:00:00.000Z' },
  'followUps.snooze': { followUpId: ID, until: '2026-01-13T09:00:00.000Z' },
  'followUps.cancel': { followUpId: ID },
  'followUps.complete': { followUpId: ID, leaseToken: 'lease-1' },
  'followUps.expire': { followUpId: ID },
  'followUps.fail': { followUpId: ID, leaseToken: 'lease-1', error: 'No answer' },
  'deals.update': { ...conversation, deal: { monthlyValueCents: 50_000 } },
  'deals.close': { ...conversation, outcome: 'lost', lossReason: 'Too dear' },
  'contacts.noteConsent': {
    ...conversation,
    consent: { state: 'withdrawn', at: '2026-01-05T09:00:00.000Z', source: 'Replied STOP' },
  },
  'privacy.eraseConversation': { ...conversation, contactId: 'erased-1' },
};

/**
 * The smallest valid input of a command, parsed, with what the test changes.
 * @throws ZodError
 */
export function anInput<Type extends CommandType>(
  type: Type,
  more: Partial<CallerInput<Type>> = {},
): CommandInput<Type> {
  // The compiler does not see that the schema is that of `Type`.
  return commandInputs[type].parse({ ...smallestInputs[type], ...more }) as CommandInput<Type>;
}
