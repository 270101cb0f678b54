import { fold } from '@baton/domain';
import { type Conversation, Entry, type EntryKind, type EntryOf } from '@baton/schema';

export const CONVERSATION = '65f000000000000000000001';
export const AT = '2026-03-10T12:00:00.000Z';

type EntryInput = { kind: EntryKind } & Record<string, unknown>;

/** A valid entry with defaults. */
export function entry<Kind extends EntryKind>(input: EntryInput & { kind: Kind }): EntryOf<Kind> {
  const parsed = Entry.parse({
    conversationId: CONVERSATION,
    seq: 1,
    version: 1,
    at: AT,
    actor: { kind: 'system' },
    ...input,
  });
  // It was parsed from this kind.
  return parsed as EntryOf<Kind>;
}

export function createdEntry(input: Record<string, unknown> = {}): EntryOf<'created'> {
  return entry({
    kind: 'created',
    contactId: 'ada',
    channel: 'web',
    agentId: 'supervisor',
    tags: [],
    metadata: {},
    ...input,
  });
}

export function createdConversation(change: Partial<Conversation> = {}): Conversation {
  const conversation = fold([createdEntry()]);
  if (conversation === null) throw new Error('nothing was folded');
  return { ...conversation, ...change };
}

export function messageEntry(input: Record<string, unknown> = {}): EntryOf<'message'> {
  return entry({
    kind: 'message',
    clientMessageId: 'm1',
    author: { kind: 'customer' },
    text: 'Hello.',
    visibility: 'public',
    redactedAt: null,
    ...input,
  });
}

export function handoff(input: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '65f0000000000000000000a1',
    conversationId: CONVERSATION,
    kind: 'request',
    status: 'pending',
    from: 'supervisor',
    to: 'closer',
    acceptedBy: null,
    reason: 'Ready',
    trigger: 'manual',
    confidence: 0.9,
    brief: null,
    stage: null,
    requestedAt: AT,
    expiresAt: null,
    resolvedAt: null,
    resolution: null,
    ...input,
  };
}

export function objection(input: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '65f0000000000000000000b1',
    conversationId: CONVERSATION,
    type: 'price',
    text: 'Too much.',
    severity: 'high',
    status: 'active',
    raisedBy: 'closer',
    raisedAt: AT,
    method: null,
    notes: null,
    handledBy: null,
    confidence: null,
    resolvedAt: null,
    deferReason: null,
    deferredAt: null,
    followUpId: null,
    ...input,
  };
}

export function followUp(input: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '65f0000000000000000000c1',
    conversationId: CONVERSATION,
    type: 'nurture',
    status: 'open',
    dueAt: '2026-03-12T09:30:00.000Z',
    finalAttemptAt: '2026-03-19T09:30:00.000Z',
    timeZone: null,
    priority: 'medium',
    assignee: 'closer',
    context: 'Ask again',
    cancelOn: [],
    attempts: 0,
    maxAttempts: 3,
    lastError: null,
    createdAt: AT,
    endedAt: null,
    outcome: null,
    ...input,
  };
}

export const DEAL = {
  monthlyValueCents: 12_500,
  setupFeeCents: 50_000,
  contractMonths: 12,
  paymentMethod: 'ach',
  discountPercent: 10,
  startAt: null,
  closedAt: null,
  closeReason: 'Signed',
};
