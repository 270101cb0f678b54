import { type Conversation, SalesStage } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { NEXT_STAGES, nextStages, stageBlockers } from './stage.ts';
import { aConversation, CLOSER, QUALIFYING_ANSWERS, QUALIFIER, Scenario } from '../test/scenario.ts';

const { options: STAGES } = SalesStage;

/** The contract's table, word for word. */
const TABLE: Record<SalesStage, string> = {
  lead: 'qualification, closed_lost, follow_up',
  qualification: 'qualified, objection_handling, closed_lost, follow_up',
  qualified: 'objection_handling, closing, closed_lost, follow_up',
  objection_handling: 'qualified, closing, closed_lost, follow_up',
  closing: 'closed_won, closed_lost, objection_handling, follow_up',
  closed_won: 'follow_up',
  closed_lost: 'follow_up',
  follow_up: 'lead, qualification, qualified, closing',
};

/** What opens every guard. */
const READY = {
  lossReason: 'Too dear',
  deal: { monthlyValueCents: 50_000, paymentMethod: 'wire' },
} as const;

function storyIn(stage: SalesStage, more: Partial<Conversation> = {}): Scenario {
  return new Scenario().given({ stage, ...more });
}

const moves = STAGES.flatMap((from) =>
  STAGES.map((to) => ({ from, to, isOpen: TABLE[from].split(', ').includes(to) })),
);

describe('the table of stages', () => {
  it.each(moves.filter(({ isOpen }) => isOpen))('opens $to from $from', ({ from, to }) => {
    const scenario = storyIn(from, { isQualified: true });
    const { conversation, entries } = scenario.when('stages.transition', { to, ...READY });
    expect(conversation).toMatchObject({ stage: to, stageEnteredAt: entries[0]?.at });
    expect(entries.find(({ kind }) => kind === 'stage')).toMatchObject({ from, to, forced: false });
  });

  it.each(moves.filter(({ isOpen }) => !isOpen))('refuses $to from $from', ({ from, to }) => {
    const refusal = storyIn(from, { isQualified: true }).refusal('stages.transition', { to, ...READY });
    expect(refusal).toMatchObject({
      code: 'INVALID_TRANSITION',
      details: { from, to, allowed: NEXT_STAGES[from] },
    });
  });

  it('knows every stage', () => {
    expect(Object.keys(NEXT_STAGES).toSorted()).toEqual([...STAGES].toSorted());
    expect(moves).toHaveLength(64);
  });
});

const guards = [
  { to: 'qualified', from: 'qualification', code: 'QUALIFICATION_INCOMPLETE' },
  { to: 'closed_won', from: 'closing', code: 'DEAL_INCOMPLETE' },
  { to: 'closed_lost', from: 'qualification', code: 'LOSS_REASON_REQUIRED' },
] as const;

describe.each(guards)('$to is guarded by $code', ({ to, from, code }) => {
  it('in a transition', () => {
    expect(storyIn(from).refusal('stages.transition', { to }).code).toBe(code);
  });

  it('in a transfer with a stage', () => {
    const scenario = storyIn(from);
    const transfer = {
      from: 'supervisor',
      to: CLOSER,
      reason: 'Next',
      trigger: 'manual',
      stage: to,
    } as const;
    expect(scenario.refusal('handoffs.transfer', transfer).code).toBe(code);
    expect(scenario.conversation.owner.agentId).toBe('supervisor');
  });

  it('in the acceptance of a request with a stage', () => {
    const scenario = storyIn(from);
    const request = { from: 'supervisor', to: CLOSER, reason: 'Next', trigger: 'manual', stage: to } as const;
    scenario.when('handoffs.request', request);
    const handoffId = scenario.conversation.pendingHandoff?.id ?? '';
    expect(scenario.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe(code);
  });

  it('in the resolution of an objection that advances', () => {
    const scenario = storyIn(from);
    scenario.raiseObjection();
    const objectionId = scenario.conversation.objections[0]?.id ?? '';
    const resolve = { objectionId, method: 'x', handledBy: CLOSER, confidence: 1, advanceTo: to };
    expect(scenario.refusal('objections.resolve', resolve).code).toBe(code);
    expect(scenario.conversation.activeObjections).toBe(1);
  });

  it('in what a caller may ask before', () => {
    expect(stageBlockers(aConversation({ stage: from }), { to }).map((blocker) => blocker.code)).toEqual([
      code,
    ]);
    expect(
      nextStages(aConversation({ stage: from })).find(({ stage }) => stage === to)?.blockers,
    ).toMatchObject([{ code }]);
  });

  it('but not where a manager forces it', () => {
    const { conversation, entries } = storyIn(from).when(
      'stages.transition',
      { to, force: true, reason: 'The customer signed on paper' },
      { mayForce: true },
    );
    expect(conversation.stage).toBe(to);
    expect(entries.at(-1)).toMatchObject({
      kind: 'stage',
      forced: true,
      reason: 'The customer signed on paper',
    });
  });
});

describe('a closed deal', () => {
  it('is guarded when it is won', () => {
    const refusal = storyIn('closing').refusal('deals.close', { outcome: 'won' });
    expect(refusal).toMatchObject({
      code: 'DEAL_INCOMPLETE',
      details: { missing: ['monthlyValueCents', 'paymentMethod'] },
    });
  });

  it('is guarded when it is lost', () => {
    expect(storyIn('closing').refusal('deals.close', { outcome: 'lost' }).code).toBe('LOSS_REASON_REQUIRED');
  });

  it('still follows the table', () => {
    expect(storyIn('lead').refusal('deals.close', { outcome: 'won', ...READY }).code).toBe(
      'INVALID_TRANSITION',
    );
  });
});

describe('an answer that advances', () => {
  it('stays where it is while the guard holds', () => {
    const scenario = storyIn('qualification');
    const { conversation } = scenario.when('qualification.record', {
      budget: QUALIFYING_ANSWERS.budget,
      by: QUALIFIER,
      advance: true,
    });
    expect(conversation.stage).toBe('qualification');
    expect(conversation.qualification.budget).not.toBeNull();
  });

  it('moves to qualified once the four are complete and met', () => {
    const scenario = storyIn('qualification');
    const { conversation, entries } = scenario.recordAnswers({ advance: true });
    expect(conversation).toMatchObject({ stage: 'qualified', version: 2 });
    expect(entries.map(({ kind }) => kind)).toEqual(['qualification', 'stage']);
  });

  it('moves a conversation that is already qualified', () => {
    const scenario = storyIn('follow_up', { isQualified: true });
    const { conversation } = scenario.when('qualification.record', {
      budget: QUALIFYING_ANSWERS.budget,
      by: QUALIFIER,
      advance: true,
    });
    expect(conversation.stage).toBe('qualified');
  });

  it('is no second move where the sale is qualified already', () => {
    const { entries } = storyIn('qualified').recordAnswers({ advance: true });
    expect(entries.map(({ kind }) => kind)).toEqual(['qualification']);
  });

  it('still follows the table, and then records nothing', () => {
    const scenario = storyIn('lead');
    const record = { ...QUALIFYING_ANSWERS, by: QUALIFIER, advance: true };
    expect(scenario.refusal('qualification.record', record).code).toBe('INVALID_TRANSITION');
    expect(scenario.conversation.qualification.budget).toBeNull();
  });
});

describe('the guard of qualified', () => {
  it('names what is incomplete and what is not met, each once', () => {
    const scenario = storyIn('qualification');
    scenario.when('qualification.record', {
      budget: { verdict: false },
      need: { verdict: false, useCase: 'support' },
      by: QUALIFIER,
    });
    expect(scenario.refusal('stages.transition', { to: 'qualified' }).details).toMatchObject({
      missing: ['budget', 'authority', 'timeline', 'need'],
    });
  });

  it('stays shut where all are complete but one is not met', () => {
    const scenario = storyIn('qualification');
    scenario.recordAnswers({ budget: { verdict: false, value: 'nothing' } });
    expect(scenario.refusal('stages.transition', { to: 'qualified' }).details).toMatchObject({
      missing: ['budget'],
    });
  });

  it('lets a conversation through that was qualified before', () => {
    const { conversation } = storyIn('follow_up', { isQualified: true }).when('stages.transition', {
      to: 'qualified',
    });
    expect(conversation.stage).toBe('qualified');
  });
});

describe('the guard of a won deal', () => {
  it.each([
    ['value', { paymentMethod: 'ach' }, ['monthlyValueCents']],
    ['way of payment', { monthlyValueCents: 1 }, ['paymentMethod']],
    ['value that was taken back', { monthlyValueCents: null, paymentMethod: 'ach' }, ['monthlyValueCents']],
    [
      'value that is undefined',
      { monthlyValueCents: undefined, paymentMethod: 'ach' },
      ['monthlyValueCents'],
    ],
  ] as const)('needs its %s', (_, deal, missing) => {
    const refusal = storyIn('closing').refusal('stages.transition', { to: 'closed_won', deal });
    expect(refusal).toMatchObject({ code: 'DEAL_INCOMPLETE', details: { missing } });
  });

  it('takes what was agreed on before, and a value of nothing', () => {
    const scenario = storyIn('closing');
    scenario.when('deals.update', { deal: { monthlyValueCents: 0 } });
    scenario.when('stages.transition', { to: 'closed_won', deal: { paymentMethod: 'check' } });
    expect(scenario.conversation).toMatchObject({
      stage: 'closed_won',
      deal: { monthlyValueCents: 0, paymentMethod: 'check' },
    });
  });
});

describe('a move', () => {
  it('says in the timeline how long the sale stood in the stage before', () => {
    const scenario = new Scenario();
    scenario.when('stages.transition', { to: 'qualification' });
    scenario.wait(3_600_000);
    const { entries } = scenario.when('stages.transition', {
      to: 'follow_up',
      reason: 'Later',
      notes: 'Call in May',
    });
    expect(entries).toMatchObject([
      { kind: 'stage', inStageMs: 3_660_000, reason: 'Later', notes: 'Call in May', lossReason: null },
    ]);
  });

  it('takes the deal along that it names', () => {
    const { conversation, entries } = new Scenario().when('stages.transition', {
      to: 'qualification',
      deal: { monthlyValueCents: 10_000 },
    });
    expect(entries.map(({ kind }) => kind)).toEqual(['deal', 'stage']);
    expect(conversation.deal).toMatchObject({ monthlyValueCents: 10_000, closedAt: null });
  });

  it('to a lost sale closes the deal with its reason', () => {
    const { conversation, entries } = new Scenario().when('stages.transition', {
      to: 'closed_lost',
      lossReason: 'No budget',
    });
    expect(conversation).toMatchObject({ status: 'active', deal: { closeReason: 'No budget' } });
    expect(conversation.deal?.closedAt).toBe(entries[0]?.at);
    expect(entries).toMatchObject([
      { kind: 'deal', outcome: 'lost' },
      { kind: 'stage', lossReason: 'No budget' },
    ]);
  });
});

describe('forcing a move', () => {
  const force = { to: 'closing', force: true, reason: 'The owner said so' } as const;

  it('needs the right', () => {
    expect(new Scenario().refusal('stages.transition', force)).toMatchObject({
      code: 'FORBIDDEN',
      details: { needs: ['manager', 'admin'] },
    });
  });

  it('needs a reason', () => {
    const refusal = new Scenario().refusal(
      'stages.transition',
      { ...force, reason: undefined },
      { mayForce: true },
    );
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', details: { faults: [{ path: 'reason' }] } });
  });

  it('passes the table, and the timeline shows it', () => {
    const { conversation, entries } = new Scenario().when('stages.transition', force, { mayForce: true });
    expect(conversation.stage).toBe('closing');
    expect(entries).toMatchObject([{ kind: 'stage', forced: true, reason: 'The owner said so' }]);
  });

  it('to qualified qualifies the conversation', () => {
    const { conversation, entries } = new Scenario().when(
      'stages.transition',
      { ...force, to: 'qualified', by: CLOSER },
      { mayForce: true },
    );
    expect(conversation).toMatchObject({
      isQualified: true,
      qualification: { complete: false, met: false, qualifiedAt: entries[0]?.at, qualifiedBy: CLOSER },
    });
  });

  it('that nothing blocks is an ordinary move, for anybody', () => {
    const { entries } = new Scenario().when('stages.transition', { to: 'qualification', force: true });
    expect(entries).toMatchObject([{ kind: 'stage', forced: false }]);
  });

  it('goes nowhere where the sale is there already', () => {
    const refusal = new Scenario().refusal('stages.transition', { ...force, to: 'lead' }, { mayForce: true });
    expect(refusal.code).toBe('INVALID_TRANSITION');
  });
});

describe('what a caller may ask before a move', () => {
  it('is every blocker at once', () => {
    expect(stageBlockers(aConversation(), { to: 'closed_won' })).toEqual([
      { code: 'INVALID_TRANSITION', missing: [] },
      { code: 'DEAL_INCOMPLETE', missing: ['monthlyValueCents', 'paymentMethod'] },
    ]);
  });

  it('is nothing where the way is free', () => {
    expect(stageBlockers(aConversation(), { to: 'closed_lost', lossReason: 'Too dear' })).toEqual([]);
    expect(
      stageBlockers(aConversation({ stage: 'closing' }), { to: 'closed_won', deal: READY.deal }),
    ).toEqual([]);
  });

  it('is each next stage with what still blocks it', () => {
    expect(nextStages(aConversation({ stage: 'qualification' }))).toEqual([
      {
        stage: 'qualified',
        blockers: [
          { code: 'QUALIFICATION_INCOMPLETE', missing: ['budget', 'authority', 'need', 'timeline'] },
        ],
      },
      { stage: 'objection_handling', blockers: [] },
      { stage: 'closed_lost', blockers: [{ code: 'LOSS_REASON_REQUIRED', missing: ['lossReason'] }] },
      { stage: 'follow_up', blockers: [] },
    ]);
  });
});
