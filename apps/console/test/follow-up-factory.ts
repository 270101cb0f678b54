import { ConversationId, type FollowUp, FollowUpId } from '@baton/schema';

let count = 0;

/** The smallest open follow-up, with a new id. */
export function followUp(dueAt: string, over: Partial<FollowUp> = {}): FollowUp {
  count += 1;
  return {
    id: FollowUpId.parse(count.toString(16).padStart(24, '0')),
    conversationId: ConversationId.parse('a'.repeat(24)),
    type: 'nurture',
    status: 'open',
    dueAt,
    finalAttemptAt: '2027-01-01T00:00:00.000Z',
    timeZone: null,
    priority: 'medium',
    assignee: null,
    context: null,
    cancelOn: [],
    attempts: 0,
    maxAttempts: 3,
    lastError: null,
    createdAt: '2026-11-01T00:00:00.000Z',
    endedAt: null,
    outcome: null,
    ...over,
  };
}
