import { type CommandInput, commandInputs, type CommandType } from '@baton/schema';
import type { z } from 'zod';

/** What a caller writes of a command: what has a default may be left out, and brands are not known yet. */
type GivenInput<Type extends CommandType> = z.input<(typeof commandInputs)[Type]>;

const ID = 'a'.repeat(24);
const conversation = { conversationId: ID };
const handing = {
  ...conversation,
  from: 'supervisor',
  to: 'qualifier',
  reason: 'Qualify',
  trigger: 'manual',
};

const smallest: Record<CommandType, Record<string, unknown>> = {
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
  'handoffs.transfer': handing,
  'handoffs.request': handing,
  'handoffs.accept': { handoffId: ID, by: 'qualifier' },
  'handoffs.reject': { handoffId: ID, by: 'qualifier' },
  'handoffs.cancel': { handoffId: ID },
  'handoffs.expire': { handoffId: ID },
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
  'followUps.fail': { followUpId: ID, leaseToken: 'lease-1', error: 'No answer' },
  'deals.update': { ...conversation, deal: { monthlyValueCents: 50_000 } },
  'deals.close': { ...conversation, outcome: 'lost', lossReason: 'Too dear' },
};

/**
 * The smallest input that a command takes, with what the test says instead, as the schema gives it out.
 *
 * @throws ZodError where what the test says is no valid input
 */
export function anInput<Type extends CommandType>(
  type: Type,
  more: Partial<GivenInput<Type>> = {},
): CommandInput<Type> {
  // The schema of the very type, which the compiler cannot pair with its output.
  return commandInputs[type].parse({ ...smallest[type], ...more }) as CommandInput<Type>;
}
