// @vitest-environment node
import { expect, test } from 'vitest';
import { exactTime } from '../format/time.ts';
import { formatEvent } from './format-event.ts';
import type { EventEntry } from './timeline-model.ts';

const upperCase = (agentId: string) => agentId.toUpperCase();

/** An entry with what matters to its words; the rest of it is never read. */
const format = (entry: Record<string, unknown>) =>
  formatEvent({ actor: { kind: 'agent', agentId: 'ana' }, ...entry } as unknown as EventEntry, upperCase);

const handoff = { from: 'closer', to: 'ana', reason: 'Asks for a person', resolution: null };

test.each([
  ['requested', handoff, 'CLOSER asked ANA to take the conversation: Asks for a person'],
  ['accepted', handoff, 'ANA accepted'],
  ['rejected', { ...handoff, resolution: 'At lunch' }, 'ANA declined: At lunch'],
  ['rejected', handoff, 'ANA declined'],
  ['cancelled', handoff, 'The request to ANA was withdrawn'],
  ['expired', handoff, 'The request to ANA ran out'],
  ['taken_over', handoff, 'ANA took over'],
] as const)('a handoff that is %s', (action, given, expected) => {
  expect(format({ kind: 'handoff', action, handoff: given })).toBe(expected);
});

test('no reason, tag or name turns the words beside it', () => {
  const turned = 'so\u202E\u2069x';
  const closed = '\u2068sox\u2069';
  expect(format({ kind: 'handoff', action: 'requested', handoff: { ...handoff, reason: turned } })).toBe(
    `CLOSER asked ANA to take the conversation: ${closed}`,
  );
  expect(format({ kind: 'handoff', action: 'rejected', handoff: { ...handoff, resolution: turned } })).toBe(
    `ANA declined: ${closed}`,
  );
  expect(format({ kind: 'details', tags: ['vip', turned] })).toBe(`Tags: vip, ${closed}`);
  expect(format({ kind: 'redaction', targetSeq: 3, reason: turned })).toBe(
    `Message 3 was redacted: ${closed}`,
  );
  expect(format({ kind: 'status', to: 'paused', reason: turned })).toBe(`Paused: ${closed}`);
  const until = '2026-03-10T12:00:00.000Z';
  expect(format({ kind: 'status', to: 'paused', reason: null, until })).toBe(
    `Paused until ${exactTime(until)}`,
  );
});

test('what a manager forced past the limits of an agent says so', () => {
  expect(format({ kind: 'handoff', action: 'taken_over', handoff, forced: true })).toBe(
    'ANA took over (forced)',
  );
  expect(format({ kind: 'created', channel: 'web', agentId: 'ana', forced: true })).toBe(
    'Began on Web, held by ANA (forced)',
  );
  expect(format({ kind: 'status', to: 'active', reason: 'She is back', forced: true })).toBe(
    'Active (forced): She is back',
  );
});

test('who did it: an agent by name, the customer, or Baton itself', () => {
  const moved = { kind: 'stage', to: 'follow_up', forced: false, lossReason: null, reason: null };
  expect(format(moved)).toBe('ANA moved to Follow-up');
  expect(format({ ...moved, actor: { kind: 'customer' } })).toBe('The customer moved to Follow-up');
  expect(format({ ...moved, actor: { kind: 'system' } })).toBe('Baton moved to Follow-up');
});

test('a forced move says so, and a lost sale its reason', () => {
  const lost = { kind: 'stage', to: 'closed_lost', lossReason: 'Too dear', reason: 'She called' };
  expect(format({ ...lost, forced: true })).toBe('ANA forced to Lost: Too dear');
});

test('an answer names its fields and what was found', () => {
  const answers = { budget: { verdict: true }, timeline: { verdict: false } };
  expect(format({ kind: 'qualification', answers })).toBe('ANA recorded Budget yes, Timeline no');
});

test('a deal says what is known of it', () => {
  const open = { monthlyValueCents: null, paymentMethod: null, closeReason: null };
  const agreed = { ...open, monthlyValueCents: 89_000, paymentMethod: 'wire' };
  expect(format({ kind: 'deal', deal: open, outcome: null })).toBe('Deal changed');
  expect(format({ kind: 'deal', deal: agreed, outcome: 'won' })).toMatch(/^Deal won, \$890.* a month, wire/);
  expect(format({ kind: 'deal', deal: open, outcome: 'lost' })).toBe('Deal lost');
  expect(format({ kind: 'deal', deal: { ...open, closeReason: 'No budget' }, outcome: 'lost' })).toBe(
    'Deal lost: No budget',
  );
});

test('a status, details and a redaction say why where that is known', () => {
  expect(format({ kind: 'status', to: 'paused', reason: null })).toBe('Paused');
  expect(format({ kind: 'status', to: 'paused', reason: 'On holiday' })).toBe('Paused: On holiday');
  expect(format({ kind: 'details', tags: undefined })).toBe('Details changed');
  expect(format({ kind: 'details', tags: [] })).toBe('Tags: none');
  expect(format({ kind: 'redaction', targetSeq: 7, reason: null })).toBe('Message 7 was redacted');
  expect(format({ kind: 'redaction', targetSeq: 7, reason: 'Asked' })).toBe('Message 7 was redacted: Asked');
});

test('whoever took over is named where the rules speak, and a person’s own words stay as they are', () => {
  const by = { actor: { kind: 'agent', agentId: 'max' }, kind: 'handoff' };
  // As above, under names of one's own.
  const formatEnded = (action: string, resolution: string, nameOf = upperCase) =>
    formatEvent({ ...by, action, handoff: { ...handoff, resolution } } as unknown as EventEntry, nameOf);
  expect(formatEnded('cancelled', 'max took over')).toBe('The request to ANA was withdrawn: MAX took over');
  expect(formatEnded('cancelled', 'max took over', () => '$& Meier')).toContain(': $& Meier took over');
  expect(formatEnded('rejected', 'The maximum is met, says max')).toBe(
    'ANA declined: The maximum is met, says max',
  );
  expect(formatEnded('rejected', 'maximum')).toBe('ANA declined: maximum');
});

test('an entry that this version cannot read says so', () => {
  expect(format({ kind: 'unknown' })).toBe('An entry of a newer version');
});
