import { describe, expect, it } from 'vitest';
import { checkQualification } from './answers.ts';
import { CLOSER, QUALIFYING_ANSWERS, QUALIFIER, Scenario } from '../test/scenario.ts';

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const;

describe('a qualification', () => {
  it('is undecided at first', () => {
    const { conversation } = new Scenario();
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
    const scenario = new Scenario();
    scenario.recordAnswers({ [field]: undefined });
    expect(scenario.conversation).toMatchObject({
      isQualified: null,
      qualification: { complete: false, score: null },
    });
    expect(checkQualification(scenario.conversation)).toMatchObject({
      missing: [field],
      answered: { [field]: false },
    });
  });

  it.each(FIELDS)('is not complete while the answer on %s lacks its own detail', (field) => {
    const scenario = new Scenario();
    scenario.recordAnswers({ [field]: { verdict: true } });
    expect(scenario.conversation.qualification).toMatchObject({ complete: false, met: false, score: 90 });
    expect(checkQualification(scenario.conversation)).toMatchObject({
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
    const scenario = new Scenario();
    scenario.recordAnswers({ need: { verdict: true, ...detail } });
    expect(scenario.conversation.qualification.complete).toBe(complete);
  });

  it.each([
    ['budget', { verdict: true, minimumCents: 50_000 }],
    ['authority', { verdict: true, needsApproval: false }],
    ['timeline', { verdict: true, urgency: 'high', deadline: '2026-02-01T00:00:00.000Z' }],
  ] as const)('is not complete by the side details of %s alone', (field, answer) => {
    const scenario = new Scenario();
    scenario.recordAnswers({ [field]: answer });
    expect(checkQualification(scenario.conversation).missing).toEqual([field]);
  });

  it('is met when all four are complete and true, and says when and by whom', () => {
    const scenario = new Scenario();
    const { conversation, entries } = scenario.recordAnswers();
    expect(conversation).toMatchObject({
      isQualified: true,
      qualification: { complete: true, met: true, qualifiedAt: entries[0]?.at, qualifiedBy: QUALIFIER },
    });
  });

  it('is decided against when all four are complete and one is false', () => {
    const scenario = new Scenario();
    scenario.recordAnswers({ authority: { verdict: false, role: 'intern' } });
    expect(scenario.conversation).toMatchObject({
      isQualified: false,
      qualification: { complete: true, met: false, qualifiedAt: null, qualifiedBy: null },
    });
  });

  it('may be lost again and won again, each time with its own instant', () => {
    const scenario = new Scenario();
    const { conversation: first } = scenario.recordAnswers();
    scenario.when('qualification.record', { budget: { verdict: false }, by: CLOSER });
    expect(scenario.conversation).toMatchObject({ isQualified: false, qualification: { qualifiedAt: null } });
    const { conversation: second } = scenario.when('qualification.record', {
      budget: { verdict: true },
      by: CLOSER,
    });
    expect(second.qualification.qualifiedBy).toBe(CLOSER);
    expect(second.qualification.qualifiedAt).not.toBe(first.qualification.qualifiedAt);
  });

  it('keeps the instant at which it was first met while it stays met', () => {
    const scenario = new Scenario();
    const { conversation: first } = scenario.recordAnswers();
    const { conversation: second } = scenario.when('qualification.record', {
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
    budget: { ...QUALIFYING_ANSWERS.budget, confidence: budget },
    authority: { ...QUALIFYING_ANSWERS.authority, confidence: authority },
    need: { ...QUALIFYING_ANSWERS.need, confidence: need },
    timeline: { ...QUALIFYING_ANSWERS.timeline, confidence: timeline },
  });

  it.each([
    [[1, 1, 1, 1], 100],
    [[0, 0, 0, 0], 0],
    [[0.9, 0.8, 0.7, 0.6], 75],
    [[1, 0, 0, 0], 25],
  ] as const)('of the confidences %j is their mean times 100: %d', ([a, b, c, d], score) => {
    const scenario = new Scenario();
    scenario.recordAnswers(confidences(a, b, c, d));
    expect(scenario.conversation.qualification.score).toBeCloseTo(score, 10);
  });

  it('counts an answer of no as nothing, however sure', () => {
    const scenario = new Scenario();
    scenario.recordAnswers({
      ...confidences(1, 1, 1, 1),
      budget: { verdict: false, value: 'none', confidence: 1 },
    });
    expect(scenario.conversation.qualification.score).toBe(75);
  });

  it('does not need the details, only the four answers', () => {
    const scenario = new Scenario();
    scenario.when('qualification.record', {
      budget: { verdict: true, confidence: 1 },
      authority: { verdict: true, confidence: 1 },
      need: { verdict: true, confidence: 1 },
      timeline: { verdict: false, confidence: 1 },
      by: QUALIFIER,
    });
    expect(scenario.conversation.qualification).toMatchObject({ score: 75, complete: false });
  });
});

describe('an answer', () => {
  it('is laid over the earlier one of its field, and leaves the others alone', () => {
    const scenario = new Scenario();
    scenario.recordAnswers();
    const { timeline } = scenario.conversation.qualification;
    const { conversation, entries } = scenario.when('qualification.record', {
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
    const scenario = new Scenario();
    scenario.recordAnswers();
    scenario.when('qualification.record', { budget: { verdict: true, value: undefined }, by: CLOSER });
    expect(scenario.conversation.qualification.budget?.value).toBe('500 a month');
    expect(scenario.conversation.qualification.complete).toBe(true);
  });

  it('stays in the timeline as it was given, whole', () => {
    const scenario = new Scenario();
    scenario.recordAnswers();
    scenario.when('qualification.record', { budget: { verdict: false }, by: CLOSER });
    const budgets = scenario.entries.flatMap((entry) =>
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
    const scenario = new Scenario();
    scenario.customerSays('About 500 a month');
    const { conversation } = scenario.when(
      'qualification.record',
      pointing({ seq: 2, start: 6, end: 17 }, { seq: 1 }),
    );
    expect(conversation.qualification.budget?.evidence).toEqual([{ seq: 2, start: 6, end: 17 }, { seq: 1 }]);
  });

  it('may not point at an entry that does not exist, nor at the one that it makes itself', () => {
    const scenario = new Scenario();
    scenario.customerSays();
    expect(scenario.refusal('qualification.record', pointing({ seq: 2 }, { seq: 3 }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'Evidence points at entry 3, the last one is 2',
    });
  });

  it.each([{ start: 5, end: 5 }, { start: 5, end: 4 }, { end: 0 }])(
    'ends after its start: %j is refused',
    (range) => {
      expect(new Scenario().refusal('qualification.record', pointing({ seq: 1, ...range })).code).toBe(
        'INVALID_INPUT',
      );
    },
  );

  it.each([{ start: 5 }, { end: 1 }, { start: 0, end: 1 }])('may leave an end open: %j', (range) => {
    const { conversation } = new Scenario().when('qualification.record', pointing({ seq: 1, ...range }));
    expect(conversation.qualification.budget?.evidence).toEqual([{ seq: 1, ...range }]);
  });

  it('of an earlier answer stays where a later one gives none', () => {
    const scenario = new Scenario();
    scenario.when('qualification.record', pointing({ seq: 1 }));
    scenario.when('qualification.record', { budget: { verdict: false }, by: CLOSER });
    expect(scenario.conversation.qualification.budget?.evidence).toEqual([{ seq: 1 }]);
  });
});
