import { describe, expect, it } from 'vitest';
import { Qualification, RecordQualification } from './qualification.ts';

const smallest = { conversationId: 'a'.repeat(24), budget: { verdict: true }, by: 'qualifier' };

describe('recording a qualification', () => {
  it('takes an answer as a fact of confidence 0.9 unless it says otherwise', () => {
    expect(RecordQualification.parse(smallest).budget).toEqual({
      verdict: true,
      confidence: 0.9,
      certainty: 'fact',
    });
  });

  it('needs at least one answer', () => {
    const { budget: _, ...none } = smallest;
    expect(RecordQualification.safeParse(none).error?.issues[0]?.message).toBe(
      'Give at least one of budget, authority, need, timeline',
    );
  });

  it.each([
    ['an answer without a verdict', { budget: { value: '500' } }],
    ['a verdict of words', { budget: { verdict: 'yes' } }],
    ['a confidence in percent', { budget: { verdict: true, confidence: 90 } }],
    ['a negative confidence', { budget: { verdict: true, confidence: -0.1 } }],
    ['a confidence that is not a number', { budget: { verdict: true, confidence: Number.NaN } }],
    ['a certainty that does not exist', { budget: { verdict: true, certainty: 'rumour' } }],
    ['evidence at entry 0', { budget: { verdict: true, evidence: [{ seq: 0 }] } }],
    ['money in fractions of a cent', { budget: { verdict: true, minimumCents: 0.5 } }],
    ["another answer's detail", { budget: { verdict: true, role: 'owner' } }],
    [
      'more than 20 pain points',
      { need: { verdict: true, painPoints: Array.from({ length: 21 }, () => 'x') } },
    ],
    ['a deadline of six digits', { timeline: { verdict: true, deadline: '2026-02-01T00:00:00.000000Z' } }],
    ['nobody who says it', { by: undefined }],
  ])('is refused with %s', (_, more) => {
    expect(RecordQualification.safeParse({ ...smallest, ...more }).success).toBe(false);
  });
});

describe('a qualification', () => {
  const nothing = {
    budget: null,
    authority: null,
    need: null,
    timeline: null,
    score: null,
    complete: false,
    met: false,
    qualifiedAt: null,
    qualifiedBy: null,
  };

  it('may be empty', () => {
    expect(Qualification.parse(nothing)).toEqual(nothing);
  });

  it('is refused with an instant of six digits, as some clients write it', () => {
    const { error } = Qualification.safeParse({ ...nothing, qualifiedAt: '2026-01-05T09:00:00.000123Z' });
    expect(error?.issues[0]?.path).toEqual(['qualifiedAt']);
  });

  it('is refused with a score over 100', () => {
    expect(Qualification.safeParse({ ...nothing, score: 100.1 }).success).toBe(false);
  });
});
