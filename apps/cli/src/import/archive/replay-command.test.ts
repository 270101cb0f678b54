import type { KnownEntry } from '@baton/schema';
import { expect, test } from 'vitest';
import {
  createdConversation,
  createdEntry,
  DEAL,
  entry,
  followUp,
  handoff,
  messageEntry,
  objection,
} from '../../../test/factories.ts';
import { commandFromEntries, ReplayError } from './replay-command.ts';

const HANDOFF = '65f0000000000000000000a1';
const OBJECTION = '65f0000000000000000000b1';
const FOLLOW_UP = '65f0000000000000000000c1';
const IDS = new Map([
  [HANDOFF, 'new-handoff'],
  [OBJECTION, 'new-objection'],
  [FOLLOW_UP, 'new-follow-up'],
]);

function replayed(group: [KnownEntry, ...KnownEntry[]], redacted: number[] = []) {
  return commandFromEntries(group, createdConversation(), IDS, new Set(redacted));
}

const stage = (change: Record<string, unknown> = {}) =>
  entry({
    kind: 'stage',
    from: 'lead',
    to: 'qualification',
    inStageMs: 1,
    reason: null,
    notes: null,
    lossReason: null,
    forced: false,
    ...change,
  });

const status = (from: string, to: string) => entry({ kind: 'status', from, to, reason: null });

test('a created conversation with its first message is one command', () => {
  const first = messageEntry({ seq: 2, text: 'Hi', clientMessageId: 'initial' });
  expect(replayed([createdEntry({ tags: ['a'] }), first]).command).toMatchObject({
    type: 'conversations.create',
    input: { contactId: 'ada', tags: ['a'], initialMessage: { text: 'Hi', clientMessageId: 'initial' } },
  });
});

test('what an agent did is done by that agent again', () => {
  const actor = { kind: 'agent', agentId: 'closer' };
  expect(replayed([stage({ actor })]).command.input).toMatchObject({ by: 'closer' });
  expect(replayed([stage()]).command.input).toMatchObject({ by: undefined });
});

test('a redacted message is said with other words, and redacted again', () => {
  const blank = messageEntry({ text: '', redactedAt: '2026-03-10T12:00:00.000Z' });
  expect(replayed([blank], [1])).toMatchObject({
    deviation: null,
    command: { input: { messages: [{ text: '[erased]' }] } },
  });
  expect(replayed([createdEntry(), { ...blank, seq: 2 }], [2]).command.input).toMatchObject({
    initialMessage: { text: '[erased]' },
  });
  expect(replayed([entry({ kind: 'redaction', targetSeq: 4, reason: 'Card' })]).command).toMatchObject({
    type: 'messages.redact',
    input: { seq: 4, reason: 'Card' },
  });
});

test('a text that was erased without a redaction is named as a difference', () => {
  expect(replayed([messageEntry({ text: '' })]).deviation).toContain('erased');
});

test('nobody can let a handoff expire but the server: it is cancelled, and named as a difference', () => {
  const expired = entry({ kind: 'handoff', action: 'expired', handoff: handoff({ status: 'expired' }) });
  expect(replayed([expired])).toMatchObject({
    command: { type: 'handoffs.cancel', input: { handoffId: 'new-handoff', reason: 'Expired' } },
    deviation: 'an expired handoff came in as cancelled',
  });
});

test.each([
  ['active', 'paused', 'conversations.pause'],
  ['active', 'scheduled', 'conversations.pause'],
  ['paused', 'active', 'conversations.resume'],
  ['completed', 'active', 'conversations.reopen'],
  ['active', 'completed', 'conversations.close'],
  ['paused', 'abandoned', 'conversations.abandon'],
])('a conversation that went from %s to %s: %s', (from, to, type) => {
  expect(replayed([status(from, to)]).command.type).toBe(type);
});

test('a pause that only followed from the end of a follow-up is not asked for', () => {
  const cancelled = entry({
    kind: 'follow_up',
    action: 'cancelled',
    followUp: followUp({ status: 'cancelled', outcome: 'Enough' }),
  });
  expect(replayed([cancelled, status('scheduled', 'paused')]).command).toMatchObject({
    type: 'followUps.cancel',
    input: { followUpId: 'new-follow-up', reason: 'Enough' },
  });
});

test('a won deal is closed in one command, a mere move to closed_won is a move', () => {
  const deal = entry({ kind: 'deal', outcome: 'won', deal: DEAL });
  const won = stage({ to: 'closed_won' });
  expect(replayed([deal, won, status('active', 'completed')]).command).toMatchObject({
    type: 'deals.close',
    input: { outcome: 'won', deal: { monthlyValueCents: 12_500, closeReason: 'Signed' } },
  });
  expect(replayed([deal, won]).command).toMatchObject({
    type: 'stages.transition',
    input: { to: 'closed_won', force: false },
  });
  expect(replayed([entry({ kind: 'deal', outcome: null, deal: DEAL })]).command.type).toBe('deals.update');
});

test('a follow-up of a local time is due at that local time again', () => {
  const due = { dueAt: '2026-07-01T07:30:00.000Z', timeZone: 'Europe/Berlin' };
  const scheduled = entry({ kind: 'follow_up', action: 'scheduled', followUp: followUp(due) });
  expect(replayed([scheduled]).command.input).toMatchObject({
    dueAt: { localTime: '2026-07-01T09:30', timeZone: 'Europe/Berlin' },
  });
  const snoozed = { ...due, dueAt: '2026-07-01T07:30:12.000Z' };
  expect(
    replayed([entry({ kind: 'follow_up', action: 'snoozed', followUp: followUp(snoozed) })]).command.input,
  ).toMatchObject({ until: '2026-07-01T07:30:12.000Z' });
});

test('a failed attempt needs a lease, and is tried again when it was; a dead one never', () => {
  const dueAt = '2026-03-12T10:01:17.250Z';
  const failed = entry({
    kind: 'follow_up',
    action: 'failed',
    followUp: followUp({ lastError: null, dueAt }),
  });
  expect(replayed([failed])).toMatchObject({
    command: { type: 'followUps.fail', input: { error: 'Failed', retryAt: dueAt } },
    deviation: null,
  });
  const dead = entry({ kind: 'follow_up', action: 'dead', followUp: followUp({ dueAt, status: 'dead' }) });
  expect(replayed([dead])).toMatchObject({
    command: { input: { retryAt: '9999-12-31T23:59:59.999Z' } },
    deviation: null,
  });
});

test('an objection that was deferred with a follow-up is deferred with it again', () => {
  const deferred = entry({
    kind: 'objection',
    action: 'deferred',
    objection: objection({ status: 'deferred', deferReason: 'Later' }),
  });
  const scheduled = entry({ kind: 'follow_up', action: 'scheduled', followUp: followUp({ assignee: null }) });
  expect(replayed([deferred, scheduled]).command).toMatchObject({
    type: 'objections.defer',
    input: {
      objectionId: 'new-objection',
      reason: 'Later',
      followUpAt: '2026-03-12T09:30:00.000Z',
      by: undefined,
    },
  });
});

test('what names a thing that was never made cannot be replayed', () => {
  const unknown = entry({
    kind: 'handoff',
    action: 'cancelled',
    handoff: handoff({ id: '65f0000000000000000000a9', status: 'cancelled' }),
  });
  expect(() => replayed([unknown])).toThrow(ReplayError);
});

test('entries that no command makes cannot be replayed', () => {
  const owner = entry({ kind: 'owner', from: 'supervisor', to: 'closer', epoch: 2 });
  expect(() => replayed([owner])).toThrow(ReplayError);
  expect(() => replayed([entry({ kind: 'qualification', answers: {} })])).toThrow(ReplayError);
});
