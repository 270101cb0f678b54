import { describe, expect, it } from 'vitest';
import { checkQualification } from './answers.ts';
import { CLOSER, FOUR_ANSWERS, QUALIFIER, Story } from '../test/scenario.ts';

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const;

describe('a qualification', () => {
  it('is undecided at first', () => {
    const { conversation } = new Story();
    expect(conversation.isQualified).toBeNull();
    expect(checkQualification(conversation)).toEqual({
      complete: false,
      met: false,
      score: null,
      missing: [...FIELDS],
      answered: { budget: false, authority: false, need: false, timeline: false },
    });
  });

  it.each(FIELDS)('is not complete without an answer on %s', (field) => {
    const story = new Story();
    story.answer({ [field]: undefined });
    expect(story.conversation).toMatchObject({
      isQualified: null,
      qualification: { complete: false, score: null },
    });
    expect(checkQualification(story.conversation)).toMatchObject({
      missing: [field],
      answered: { [field]: false },
    });
  });

  it.each(FIELDS)('is not complete while the answer on %s lacks its own detail', (field) => {
    const story = new Story();
    story.answer({ [field]: { verdict: true } });
    expect(story.conversation.qualification).toMatchObject({ complete: false, met: false, score: 90 });
    expect(checkQualification(story.conversation)).toMatchObject({
      missing: [field],
      answered: { [field]: true },
    });
  });

  it.each([
    [{ painPoints: ['slow'] }, true],
    [{ useCase: 'support' }, true],
    [{ painPoints: [] }, false],
    [{ painPoints: [], useCase: 'support' }, true],
  ])('takes a pain point or a use case as the detail of a need: %j', (detail, complete) => {
    const story = new Story();
    story.answer({ need: { verdict: true, ...detail } });
    expect(story.conversation.qualification.complete).toBe(complete);
  });

  it.each([
    ['budget', { verdict: true, minimumCents: 50_000 }],
    ['authority', { verdict: true, needsApproval: false }],
    ['timeline', { verdict: true, urgency: 'high', deadline: '2026-02-01T00:00:00.000Z' }],
  ] as const)('is not complete by the side details of %s alone', (field, answer) => {
    const story = new Story();
    story.answer({ [field]: answer });
    expect(checkQualification(story.conversation).missing).toEqual([field]);
  });

  it('is met when all four are complete and true, and says when and by whom', () => {
    const story = new Story();
    const { conversation, entries } = story.answer();
    expect(conversation).toMatchObject({
      isQualified: true,
      qualification: { complete: true, met: true, qualifiedAt: entries[0]?.at, qualifiedBy: QUALIFIER },
    });
  });

  it('is decided against when all four are complete and one is false', () => {
    const story = new Story();
    story.answer({ authority: { verdict: false, role: 'intern' } });
    expect(story.conversation).toMatchObject({
      isQualified: false,
      qualification: { complete: true, met: false, qualifiedAt: null, qualifiedBy: null },
    });
  });

  it('may be lost again and won again, each time with its own instant', () => {
    const story = new Story();
    const { conversation: first } = story.answer();
    story.do('qualification.record', { budget: { verdict: false }, by: CLOSER });
    expect(story.conversation).toMatchObject({ isQualified: false, qualification: { qualifiedAt: null } });
    const { conversation: second } = story.do('qualification.record', {
      budget: { verdict: true },
      by: CLOSER,
    });
    expect(second.qualification.qualifiedBy).toBe(CLOSER);
    expect(second.qualification.qualifiedAt).not.toBe(first.qualification.qualifiedAt);
  });

  it('keeps the instant at which it was first met while it stays met', () => {
    const story = new Story();
    const { conversation: first } = story.answer();
    const { conversation: second } = story.do('qualification.record', {
      budget: { verdict: true },
      by: CLOSER,
    });
    expect(second.qualification).toMatchObject({
      qualifiedAt: first.qualification.qualifiedAt,
      qualifiedBy: QUALIFIER,
    });
  });
});

describe('the score', () => {
  const confidences = (budget: number, authority: number, need: number, timeline: number) => ({
    budget: { ...FOUR_ANSWERS.budget, confidence: budget },
    authority: { ...FOUR_ANSWERS.authority, confidence: authority },
    need: { ...FOUR_ANSWERS.need, confidence: need },
    timeline: { ...FOUR_ANSWERS.timeline, confidence: timeline },
  });

  it.each([
    [[1, 1, 1, 1], 100],
    [[0, 0, 0, 0], 0],
    [[0.9, 0.8, 0.7, 0.6], 75],
    [[1, 0, 0, 0], 25],
  ] as const)('of the confidences %j is their mean times 100: %d', ([a, b, c, d], score) => {
    const story = new Story();
    story.answer(confidences(a, b, c, d));
    expect(story.conversation.qualification.score).toBeCloseTo(score, 10);
  });

  it('counts an answer of no as nothing, however sure', () => {
    const story = new Story();
    story.answer({ ...confidences(1, 1, 1, 1), budget: { verdict: false, value: 'none', confidence: 1 } });
    expect(story.conversation.qualification.score).toBe(75);
  });

  it('does not need the details, only the four answers', () => {
    const story = new Story();
    story.do('qualification.record', {
      budget: { verdict: true, confidence: 1 },
      authority: { verdict: true, confidence: 1 },
      need: { verdict: true, confidence: 1 },
      timeline: { verdict: false, confidence: 1 },
      by: QUALIFIER,
    });
    expect(story.conversation.qualification).toMatchObject({ score: 75, complete: false });
  });
});

describe('an answer', () => {
  it('is laid over the earlier one of its field, and leaves the others alone', () => {
    const story = new Story();
    story.answer();
    const { timeline } = story.conversation.qualification;
    const { conversation, entries } = story.do('qualification.record', {
      budget: { verdict: true, minimumCents: 30_000, confidence: 0.5, certainty: 'hypothesis' },
      by: CLOSER,
    });
    expect(conversation.qualification.budget).toEqual({
      verdict: true,
      value: '500 a month',
      minimumCents: 30_000,
      confidence: 0.5,
      certainty: 'hypothesis',
      evidence: [],
      by: CLOSER,
      at: entries[0]?.at,
    });
    expect(conversation.qualification.timeline).toBe(timeline);
  });

  it('that says nothing of a detail keeps it', () => {
    const story = new Story();
    story.answer();
    story.do('qualification.record', { budget: { verdict: true, value: undefined }, by: CLOSER });
    expect(story.conversation.qualification.budget?.value).toBe('500 a month');
    expect(story.conversation.qualification.complete).toBe(true);
  });

  it('stays in the timeline as it was given, whole', () => {
    const story = new Story();
    story.answer();
    story.do('qualification.record', { budget: { verdict: false }, by: CLOSER });
    const budgets = story.entries.flatMap((entry) =>
      entry.kind === 'qualification' ? [entry.answers.budget?.verdict] : [],
    );
    expect(budgets).toEqual([true, false]);
  });
});

describe('evidence', () => {
  const pointing = (...evidence: { seq: number; start?: number; end?: number }[]) => ({
    budget: { verdict: true, evidence },
    by: QUALIFIER,
  });

  it('points at an entry that exists', () => {
    const story = new Story();
    story.customerSays('About 500 a month');
    const { conversation } = story.do(
      'qualification.record',
      pointing({ seq: 2, start: 6, end: 17 }, { seq: 1 }),
    );
    expect(conversation.qualification.budget?.evidence).toEqual([{ seq: 2, start: 6, end: 17 }, { seq: 1 }]);
  });

  it('may not point at an entry that does not exist, nor at the one that it makes itself', () => {
    const story = new Story();
    story.customerSays();
    expect(story.refusal('qualification.record', pointing({ seq: 2 }, { seq: 3 }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'Evidence points at entry 3, the last one is 2',
    });
  });

  it.each([{ start: 5, end: 5 }, { start: 5, end: 4 }, { end: 0 }])(
    'ends after its start: %j is refused',
    (range) => {
      expect(new Story().refusal('qualification.record', pointing({ seq: 1, ...range })).code).toBe(
        'INVALID_INPUT',
      );
    },
  );

  it.each([{ start: 5 }, { end: 1 }, { start: 0, end: 1 }])('may leave an end open: %j', (range) => {
    const { conversation } = new Story().do('qualification.record', pointing({ seq: 1, ...range }));
    expect(conversation.qualification.budget?.evidence).toEqual([{ seq: 1, ...range }]);
  });

  it('of an earlier answer stays where a later one gives none', () => {
    const story = new Story();
    story.do('qualification.record', pointing({ seq: 1 }));
    story.do('qualification.record', { budget: { verdict: false }, by: CLOSER });
    expect(story.conversation.qualification.budget?.evidence).toEqual([{ seq: 1 }]);
  });
});
