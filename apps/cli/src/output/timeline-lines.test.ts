import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import {
  createdEntry,
  DEAL,
  entry,
  followUp,
  handoff,
  messageEntry,
  objection,
} from '../../test/factories.ts';
import { dealSummary, entryLines, wrapLine } from './timeline-lines.ts';

const colors = createColors(false);

function told(value: Parameters<typeof entryLines>[0]): string[] {
  return entryLines(value, colors).map((line) => line.trim());
}

test('a message stands under its number, time and author, each of its lines below the other', () => {
  expect(entryLines(messageEntry({ seq: 12, text: 'One\nTwo' }), colors)).toEqual([
    '  #12 03-10 12:00 customer: One',
    '                  Two',
  ]);
});

test('an internal message says so, with its tool calls, results, attachments and cost', () => {
  const message = messageEntry({
    author: { kind: 'agent', agentId: 'closer' },
    visibility: 'internal',
    text: 'Looking.',
    usage: { model: 'm', inputTokens: 10, outputTokens: 5, costMicros: 1_200 },
    parts: [
      { type: 'tool_call', callId: 'c', name: 'find', arguments: '{}' },
      { type: 'tool_result', callId: 'c', result: 'found' },
      { type: 'attachment', url: 'https://files.example/a.pdf' },
      { type: 'attachment', url: 'https://files.example/b.pdf', name: 'Offer' },
    ],
  });
  expect(told(message)).toEqual([
    '#1 03-10 12:00 closer (internal): Looking.',
    '→ find {}',
    '← found',
    '📎 https://files.example/a.pdf',
    '📎 Offer',
    'm, 10 + 5 tokens, $0.0012',
  ]);
});

test('a redacted message shows that it was said, not what', () => {
  expect(told(messageEntry({ text: '', redactedAt: '2026-03-10T12:05:00.000Z' }))).toEqual([
    '#1 03-10 12:00 customer: (redacted)',
  ]);
});

test('a text cannot move the cursor of who reads it', () => {
  expect(told(messageEntry({ text: 'a\u001B[31mb' }))[0]).toBe('#1 03-10 12:00 customer: a\\u001b[31mb');
});

test('a handoff shows who, why and the brief', () => {
  const brief = {
    goal: 'Win',
    done: ['Asked'],
    open: ['Price'],
    facts: [{ text: 'Wants it', seqs: [2, 3] }],
    nextStep: 'Offer',
  };
  expect(told(entry({ kind: 'handoff', action: 'requested', handoff: handoff({ brief }) }))).toEqual([
    '#1 03-10 12:00 · handoff requested: supervisor → closer (manual, 90 %)',
    'Ready',
    'goal: Win',
    'done: Asked',
    'open: Price',
    'fact: Wants it (#2 #3)',
    'next: Offer',
  ]);
});

test('what a manager forced past the limits of an agent says so', () => {
  expect(told(entry({ kind: 'handoff', action: 'taken_over', handoff: handoff({}), forced: true }))[0]).toBe(
    '#1 03-10 12:00 · handoff taken over: supervisor → closer (manual, 90 %) (forced)',
  );
  expect(told({ ...createdEntry(), forced: true })[0]).toMatch(/owned by supervisor \(forced\)$/);
  const resumed = { kind: 'status', from: 'paused', to: 'active', reason: 'Urgent', forced: true } as const;
  expect(told(entry(resumed))[0]).toBe('#1 03-10 12:00 · status: paused → active (forced)');
});

test('the end of a handoff shows its resolution, not the request again', () => {
  const rejected = handoff({ status: 'rejected', resolution: 'No time' });
  expect(told(entry({ kind: 'handoff', action: 'rejected', handoff: rejected }))).toEqual([
    '#1 03-10 12:00 · handoff rejected: supervisor → closer (manual, 90 %)',
    'No time',
  ]);
});

test('answers show verdict, detail, certainty and proof', () => {
  const answer = {
    verdict: true,
    confidence: 0.9,
    certainty: 'fact',
    evidence: [{ seq: 4 }],
    by: 'qualifier',
    at: '2026-03-10T12:00:00.000Z',
  };
  const answers = {
    budget: { ...answer, value: '$500' },
    authority: { ...answer, verdict: false, evidence: [] },
    need: { ...answer, painPoints: ['Late', 'Slow'] },
  };
  expect(told(entry({ kind: 'qualification', answers }))).toEqual([
    '#1 03-10 12:00 · budget: yes, $500 (90 % fact, #4)',
    'authority: no, no detail (90 % fact)',
    'need: yes, Late; Slow (90 % fact, #4)',
  ]);
});

test.each([
  [createdEntry(), 'created: ada on web, owned by supervisor'],
  [
    entry({ kind: 'owner', from: 'supervisor', to: 'closer', epoch: 2 }),
    'owner: supervisor → closer (epoch 2)',
  ],
  [
    entry({
      kind: 'stage',
      from: 'lead',
      to: 'closing',
      inStageMs: 5,
      reason: 'Ready',
      notes: null,
      lossReason: null,
      forced: true,
    }),
    'stage: lead → closing (forced) / Ready',
  ],
  [
    entry({
      kind: 'stage',
      from: 'lead',
      to: 'closed_lost',
      inStageMs: 5,
      reason: null,
      notes: null,
      lossReason: 'Too dear',
      forced: false,
    }),
    'stage: lead → closed_lost / Too dear',
  ],
  [
    entry({ kind: 'objection', action: 'raised', objection: objection() }),
    'objection raised: price, high: Too much.',
  ],
  [
    entry({
      kind: 'objection',
      action: 'resolved',
      objection: objection({ status: 'resolved', method: 'Discount' }),
    }),
    'objection resolved: price, high: Too much. / by: Discount',
  ],
  [
    entry({
      kind: 'objection',
      action: 'resolved',
      objection: objection({ status: 'resolved', method: null }),
    }),
    'objection resolved: price, high: Too much.',
  ],
  [
    entry({
      kind: 'objection',
      action: 'deferred',
      objection: objection({ status: 'deferred', deferReason: 'Later' }),
    }),
    'objection deferred: price, high: Too much. / Later',
  ],
  [
    entry({
      kind: 'objection',
      action: 'deferred',
      objection: objection({ status: 'deferred', deferReason: null }),
    }),
    'objection deferred: price, high: Too much.',
  ],
  [
    entry({ kind: 'follow_up', action: 'scheduled', followUp: followUp() }),
    'follow-up scheduled: nurture, due 2026-03-12 09:30, closer / Ask again',
  ],
  [
    entry({
      kind: 'follow_up',
      action: 'failed',
      followUp: followUp({ assignee: null, context: null, lastError: 'Bounced' }),
    }),
    'follow-up failed: nurture, due 2026-03-12 09:30 / Bounced',
  ],
  [
    entry({ kind: 'deal', outcome: 'won', deal: DEAL }),
    'deal won: $125 a month, $500 setup, 12 months, 10 % off, ach, Signed',
  ],
  [entry({ kind: 'status', from: 'active', to: 'paused', reason: null }), 'status: active → paused'],
  [
    entry({ kind: 'status', from: 'active', to: 'paused', reason: null, until: '2026-03-10T12:00:00.000Z' }),
    'status: active → paused until 2026-03-10 12:00',
  ],
  [
    entry({ kind: 'status', from: 'active', to: 'completed', reason: 'Done' }),
    'status: active → completed / Done',
  ],
  [entry({ kind: 'details', tags: [], metadata: { plan: 'a' } }), 'tags: none / metadata: {"plan":"a"}'],
  [entry({ kind: 'details', tags: ['vip', 'web'] }), 'tags: vip, web'],
  [entry({ kind: 'details', metadata: { plan: 'a' } }), 'metadata: {"plan":"a"}'],
  [entry({ kind: 'redaction', targetSeq: 3, reason: 'Card' }), 'redacted #3: Card'],
  [entry({ kind: 'redaction', targetSeq: 3, reason: null }), 'redacted #3'],
  [
    entry({
      kind: 'revision',
      targetSeq: 2,
      text: 'Ten, not nine.',
      parts: [{ type: 'attachment', url: 'https://files.example/c.pdf' }],
      reason: 'Wrong number',
    }),
    'edited #2: Wrong number / Ten, not nine. / 📎 https://files.example/c.pdf',
  ],
  [entry({ kind: 'revision', targetSeq: 2, text: '', reason: null }), 'edited #2'],
  [
    entry({ kind: 'delivery', targetSeq: 2, state: 'failed', error: 'No such number' }),
    '#2 failed: No such number',
  ],
  [
    entry({ kind: 'delivery', targetSeq: 2, state: 'read', error: null, sentAt: '2026-03-10T11:00:00.000Z' }),
    '#2 read at 2026-03-10 11:00',
  ],
  [entry({ kind: 'rating', targetSeq: 2, verdict: 'bad', note: 'Too long' }), 'rated #2 bad: Too long'],
  [entry({ kind: 'rating', targetSeq: 2, verdict: 'good', note: null }), 'rated #2 good'],
])('%# every kind of entry is told in words', (value, words) => {
  expect(told(value).join(' / ')).toBe(`#1 03-10 12:00 · ${words}`);
});

test('a deal without a part agreed says so', () => {
  const none = {
    monthlyValueCents: null,
    setupFeeCents: null,
    contractMonths: null,
    paymentMethod: null,
    discountPercent: null,
  };
  expect(dealSummary({ ...none, startAt: null, closedAt: null, closeReason: null })).toBe(
    'nothing agreed yet',
  );
});

test('on a screen a line is broken between words, below where it began', () => {
  const line = 'one two three four five six seven eight nine ten';
  expect(wrapLine(line, 30)).toEqual(['one two three four five six', 'seven eight nine ten']);
  expect(wrapLine(line, null)).toEqual([line]);
  expect(wrapLine(line, 10)).toEqual([line]);
  expect(wrapLine('x'.repeat(40), 30)).toEqual(['x'.repeat(30), 'x'.repeat(10)]);
});

test('an entry that this version cannot read is one quiet line', () => {
  const { conversationId, seq, version, at } = createdEntry();
  expect(told({ kind: 'unknown', conversationId, seq, version, at })).toEqual([
    '#1 03-10 12:00 · an entry of a newer version',
  ]);
  const { contactId: _contactId, ...newer } = createdEntry();
  expect(told({ ...newer, kind: 'mood' } as never)).toEqual(['#1 03-10 12:00 · an entry of a newer version']);
});
