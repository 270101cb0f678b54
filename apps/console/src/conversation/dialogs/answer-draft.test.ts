// @vitest-environment node
import { AgentId, type Qualification } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { answerDraftOf, recordInputOf } from './answer-draft.ts';

const NONE: Qualification = {
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
const KNOWN: Qualification = {
  ...NONE,
  budget: {
    verdict: true,
    confidence: 0.7,
    certainty: 'hypothesis',
    evidence: [{ seq: 3 }, { seq: 5, start: 0, end: 4 }],
    by: AgentId.parse('qualifier'),
    at: '2026-03-02T12:00:00.000Z',
    value: '500 a month',
  },
};

describe('words that were marked for an answer', () => {
  test('are its detail and its proof where it is new', () => {
    const text = answerDraftOf(NONE, 'budget', { seq: 7, start: 10, end: 21 }, '200 a month');
    expect(recordInputOf('budget', text)).toEqual({
      budget: {
        verdict: true,
        confidence: 0.9,
        certainty: 'fact',
        evidence: [{ seq: 7, start: 10, end: 21 }],
        value: '200 a month',
        minimumCents: undefined,
      },
    });
  });

  test('add to what proves a known answer, and leave what it says', () => {
    const text = answerDraftOf(KNOWN, 'budget', { seq: 7, start: 10, end: 21 }, '200 a month');
    expect(text).toMatchObject({ detail: '500 a month', certainty: 'hypothesis' });
    expect(text.evidence).toEqual([{ seq: 3 }, { seq: 5, start: 0, end: 4 }, { seq: 7, start: 10, end: 21 }]);
  });

  test('take the place of what the same message proved', () => {
    expect(answerDraftOf(KNOWN, 'budget', { seq: 5, start: 6, end: 9 }).evidence).toEqual([
      { seq: 3 },
      { seq: 5, start: 6, end: 9 },
    ]);
    expect(answerDraftOf(KNOWN, 'budget', { seq: 5 }).evidence).toEqual(KNOWN.budget?.evidence);
  });
});

test('a need is a line each; an empty detail leaves the earlier one', () => {
  const text = answerDraftOf(NONE, 'need', undefined);
  expect(recordInputOf('need', { ...text, detail: 'Missed calls\n\n Late replies ' })).toMatchObject({
    need: { painPoints: ['Missed calls', 'Late replies'] },
  });
  expect(recordInputOf('need', text)).toMatchObject({ need: { painPoints: undefined } });
});
