// @vitest-environment node
import { expect, test } from 'vitest';
import { eventWords } from './format-event.ts';
import type { EventEntry } from './timeline-model.ts';

const named = (agentId: string) => agentId.toUpperCase();

/** An entry with what matters to its words; the rest of it is never read. */
const words = (entry: Record<string, unknown>) =>
  eventWords({ actor: { kind: 'agent', agentId: 'ana' }, ...entry } as unknown as EventEntry, named);

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
  expect(words({ kind: 'handoff', action, handoff: given })).toBe(expected);
});

test('who did it: an agent by name, the customer, or Baton itself', () => {
  const moved = { kind: 'stage', to: 'follow_up', forced: false, lossReason: null, reason: null };
  expect(words(moved)).toBe('ANA moved to Follow-up');
  expect(words({ ...moved, actor: { kind: 'customer' } })).toBe('The customer moved to Follow-up');
  expect(words({ ...moved, actor: { kind: 'system' } })).toBe('Baton moved to Follow-up');
});

test('a forced move says so, and a lost sale its reason', () => {
  const lost = { kind: 'stage', to: 'closed_lost', lossReason: 'Too dear', reason: 'She called' };
  expect(words({ ...lost, forced: true })).toBe('ANA forced to Lost: Too dear');
});

test('an answer names its fields and what was found', () => {
  const answers = { budget: { verdict: true }, timeline: { verdict: false } };
  expect(words({ kind: 'qualification', answers })).toBe('ANA recorded Budget yes, Timeline no');
});

test('a deal says what is known of it', () => {
  const open = { monthlyValueCents: null, paymentMethod: null, closeReason: null };
  const agreed = { ...open, monthlyValueCents: 89_000, paymentMethod: 'wire' };
  expect(words({ kind: 'deal', deal: open, outcome: null })).toBe('Deal changed');
  expect(words({ kind: 'deal', deal: agreed, outcome: 'won' })).toMatch(/^Deal won, \$890.* a month, wire/);
  expect(words({ kind: 'deal', deal: open, outcome: 'lost' })).toBe('Deal lost');
  expect(words({ kind: 'deal', deal: { ...open, closeReason: 'No budget' }, outcome: 'lost' })).toBe(
    'Deal lost: No budget',
  );
});

test('a status, details and a redaction say why where that is known', () => {
  expect(words({ kind: 'status', to: 'paused', reason: null })).toBe('Paused');
  expect(words({ kind: 'status', to: 'paused', reason: 'On holiday' })).toBe('Paused: On holiday');
  expect(words({ kind: 'details', tags: undefined })).toBe('Details changed');
  expect(words({ kind: 'details', tags: [] })).toBe('Tags: none');
  expect(words({ kind: 'redaction', targetSeq: 7, reason: null })).toBe('Message 7 was redacted');
  expect(words({ kind: 'redaction', targetSeq: 7, reason: 'Asked' })).toBe('Message 7 was redacted: Asked');
});

test('whoever took over is named where the rules speak, and a person’s own words stay as they are', () => {
  const by = { actor: { kind: 'agent', agentId: 'max' }, kind: 'handoff' };
  // As above, under names of one's own.
  const ended = (action: string, resolution: string, nameOf = named) =>
    eventWords({ ...by, action, handoff: { ...handoff, resolution } } as unknown as EventEntry, nameOf);
  expect(ended('cancelled', 'max took over')).toBe('The request to ANA was withdrawn: MAX took over');
  expect(ended('cancelled', 'max took over', () => '$& Meier')).toContain(': $& Meier took over');
  expect(ended('rejected', 'The maximum is met, says max')).toBe(
    'ANA declined: The maximum is met, says max',
  );
  expect(ended('rejected', 'maximum')).toBe('ANA declined: maximum');
});
