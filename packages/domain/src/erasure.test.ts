import { deepStrictEqual } from 'node:assert/strict';
import { Conversation, ConversationId, Entry, type EntryOf, KnownEntry } from '@baton/schema';
import { anInput } from '@baton/testing';
import { describe, expect, it, test } from 'vitest';
import { holds, tell } from '../test/random-scenario.ts';
import { aContext, MARIA, QUALIFIER, Scenario, SUPERVISOR } from '../test/scenario.ts';
import { checkQualification } from './answers.ts';
import { eraseEntry, takeWords } from './erasure.ts';
import { fold } from './evolve.ts';
import { execute } from './execute.ts';

const WORD = 'Rosalind';
const said = (what: string) => `${WORD} ${what}`;

/** A conversation with a word of the contact in each text that there is. */
function aTalk(): Scenario {
  const scenario = new Scenario({
    contactId: said('id'),
    tags: [said('tag')],
    metadata: { note: said('note') },
    initialMessage: { text: said('hello') },
  });
  scenario.when('messages.append', {
    clientMessageId: said('m'),
    author: { kind: 'customer' },
    text: said('text'),
    parts: [{ type: 'attachment', url: said('url'), name: said('name') }],
  });
  scenario.when('qualification.record', {
    budget: {
      verdict: true,
      value: said('value'),
      minimumCents: 5,
      evidence: [{ seq: 2, start: 0, end: 3 }],
    },
    authority: { verdict: true, role: said('role') },
    need: { verdict: true, painPoints: [said('pain')], useCase: said('use') },
    timeline: { verdict: true, timeframe: said('soon') },
    by: QUALIFIER,
  });
  scenario.when('conversations.update', { tags: [said('tag2')], metadata: { more: said('more') } });
  const raise = (context: object) =>
    scenario.when('objections.raise', { type: 'price', text: said('dear'), severity: 'low' }, context);
  raise({ id: '1'.repeat(24) });
  raise({ id: '2'.repeat(24) });
  scenario.when('objections.defer', { objectionId: '2'.repeat(24), reason: said('later') });
  scenario.when('stages.transition', { to: 'qualification', reason: said('why'), notes: said('notes') });
  scenario.when('deals.update', { deal: { monthlyValueCents: 100, closeReason: said('close') } });
  const follow = { type: 'nurture', dueAt: '2026-02-01T09:00:00.000Z', context: said('context') } as const;
  scenario.when('followUps.schedule', { ...follow, cancelOn: [] }, { id: '3'.repeat(24) });
  scenario.when('handoffs.request', {
    from: SUPERVISOR,
    to: MARIA,
    reason: said('reason'),
    trigger: 'manual',
    brief: { goal: said('goal'), done: [], open: [said('open')], facts: [], nextStep: said('next') },
  });
  scenario.when('messages.redact', { seq: 2, reason: said('redact') }, { message: messageAt(scenario, 2) });
  return scenario;
}

function messageAt(scenario: Scenario, seq: number): EntryOf<'message'> {
  const found = scenario.entries.find((entry) => entry.seq === seq);
  if (found?.kind !== 'message') throw new Error(`Entry ${seq} is no message`);
  return found;
}

const erase = (scenario: Scenario) => scenario.when('privacy.eraseConversation', { contactId: 'erased-1' });

function lastErasure(entries: readonly Entry[]): EntryOf<'erasure'> {
  const last = entries.at(-1);
  if (last?.kind !== 'erasure') throw new Error('The last entry is no erasure');
  return last;
}

function erased(entries: readonly Entry[]): Entry[] {
  const erasure = lastErasure(entries);
  return entries.map((entry) => eraseEntry(entry, erasure));
}

describe('an erased conversation', () => {
  it('has no word of its contact left, nor have its entries', () => {
    const scenario = aTalk();
    erase(scenario);
    expect(JSON.stringify(scenario.conversation)).not.toContain(WORD);
    const entries = erased(scenario.entries);
    expect(JSON.stringify(entries)).not.toContain(WORD);
    for (const entry of entries) expect(KnownEntry.safeParse(entry).error).toBeUndefined();
    expect(Conversation.safeParse(scenario.conversation).error).toBeUndefined();
  });

  it('is the fold of its entries, with their words and without', () => {
    const scenario = aTalk();
    erase(scenario);
    deepStrictEqual(fold(scenario.entries), scenario.conversation);
    deepStrictEqual(fold(erased(scenario.entries)), scenario.conversation);
  });

  it('keeps its counters, what it is qualified by and what it was sold for', () => {
    const scenario = aTalk();
    const before = scenario.conversation;
    const { conversation } = erase(scenario);
    expect(conversation).toMatchObject({
      contactId: 'erased-1',
      metrics: { ...before.metrics, waitingSince: null },
      isQualified: true,
      qualification: { score: before.qualification.score, complete: true, met: true },
      activeObjections: 1,
      deal: { monthlyValueCents: 100 },
    });
    expect(checkQualification(conversation)).toEqual(checkQualification(before));
  });

  it('has nothing open that a worker or an agent would turn to the contact for', () => {
    const { conversation, entries } = erase(aTalk());
    expect(conversation).toMatchObject({ status: 'abandoned', followUps: [], pendingHandoff: null });
    expect(entries.map(({ kind }) => kind)).toEqual(['follow_up', 'handoff', 'status', 'erasure']);
    expect(JSON.stringify(entries)).not.toContain(WORD);
  });

  it('stays as it ended where it was closed', () => {
    const scenario = aTalk();
    scenario.when('conversations.close', {});
    const { conversation, entries } = erase(scenario);
    expect(conversation.status).toBe('completed');
    expect(entries.map(({ kind }) => kind)).toEqual(['follow_up', 'erasure']);
  });

  it('takes nothing any more', () => {
    const scenario = aTalk();
    erase(scenario);
    const message = { clientMessageId: 'm', author: { kind: 'customer' }, text: 'Me again' } as const;
    const refusals = [
      scenario.refusal('messages.append', message),
      scenario.refusal('conversations.reopen', {}),
      scenario.refusal('conversations.update', { tags: ['new'] }),
      scenario.refusal('privacy.eraseConversation', { contactId: 'erased-2' }),
    ];
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['CONVERSATION_ERASED']));
  });
});

describe('whatever was done before', () => {
  it('the entries without words make the same conversation', () => {
    holds((path) => {
      const { conversation, entries } = tell(path);
      const input = anInput('privacy.eraseConversation', { conversationId: conversation.id });
      const context = aContext({ at: conversation.updatedAt });
      const outcome = execute(conversation, { type: 'privacy.eraseConversation', input }, context);
      const all = [...entries, ...outcome.entries];
      deepStrictEqual(fold(all), outcome.conversation);
      deepStrictEqual(fold(erased(all)), outcome.conversation);
      for (const entry of erased(all)) expect(Entry.safeParse(entry).error).toBeUndefined();
    });
  });
});

test('an erasure takes nothing from another conversation', () => {
  const [message] = new Scenario({ initialMessage: { text: 'x' } }).entries.slice(1);
  if (message === undefined) throw new Error('There is no message');
  const erasure = { ...lastErasure(erase(new Scenario()).entries), seq: 9, conversationId: 'b'.repeat(24) };
  expect(eraseEntry(message, Object(erasure))).toBe(message);
});

describe('a later entry', () => {
  const scenario = new Scenario({ initialMessage: { text: said('one') } });
  scenario.customerSays(said('two'));
  const [first, second] = [messageAt(scenario, 2), messageAt(scenario, 3)];
  scenario.when('messages.redact', { seq: 2 }, { message: first });
  const redaction = scenario.entries.at(-1);
  if (redaction === undefined) throw new Error('Nothing was redacted');

  it('takes the words from the one message that it redacts', () => {
    expect(takeWords(first, redaction)).toMatchObject({ text: '', redactedAt: redaction.at });
    const other = { ...first, conversationId: ConversationId.parse('b'.repeat(24)) };
    for (const entry of [second, other, redaction]) expect(takeWords(entry, redaction)).toBe(entry);
  });

  it('takes words as it erases, and none where it does neither', () => {
    expect(takeWords(first, second)).toBe(first);
    erase(scenario);
    const erasure = lastErasure(scenario.entries);
    expect(takeWords(second, erasure)).toEqual(eraseEntry(second, erasure));
  });
});
