import { describe, expect, it } from 'vitest';
import { handoffInput, requestedHandoff, pendingIdOf } from '../test/handoff-scenario.ts';
import {
  CLOSER,
  DESK,
  JONAS,
  MARIA,
  MINUTE_MS,
  OBJECTION_HANDLER,
  QUALIFIER,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';

describe('a loop', () => {
  /** A → B → A, so that one more step to B would be the fourth. */
  function almost(): Scenario {
    const scenario = new Scenario();
    scenario.transferTo(QUALIFIER);
    scenario.transferTo(SUPERVISOR);
    return scenario;
  }

  it('A → B → A → B is refused', () => {
    expect(almost().refusal('handoffs.transfer', handoffInput)).toMatchObject({
      code: 'HANDOFF_LOOP',
      details: { chain: [SUPERVISOR, QUALIFIER, SUPERVISOR, QUALIFIER] },
    });
  });

  it('is refused to be asked for, too', () => {
    expect(almost().refusal('handoffs.request', handoffInput).code).toBe('HANDOFF_LOOP');
  });

  it('is refused through a queue, when it is accepted', () => {
    const scenario = new Scenario();
    scenario.transferTo(MARIA);
    scenario.transferTo(SUPERVISOR);
    scenario.when('handoffs.request', { ...handoffInput, to: DESK });
    const handoffId = pendingIdOf(scenario.conversation);
    expect(scenario.refusal('handoffs.accept', { handoffId, by: MARIA }).code).toBe('HANDOFF_LOOP');
    expect(scenario.when('handoffs.accept', { handoffId, by: JONAS }).conversation.owner.agentId).toBe(JONAS);
  });

  it('is still seen after a longer way', () => {
    const scenario = new Scenario();
    for (const to of [CLOSER, OBJECTION_HANDLER, QUALIFIER, OBJECTION_HANDLER]) scenario.transferTo(to);
    expect(scenario.refusal('handoffs.transfer', { ...handoffInput, from: OBJECTION_HANDLER }).code).toBe(
      'HANDOFF_LOOP',
    );
  });

  it('is none where a third agent is between', () => {
    const scenario = almost();
    scenario.transferTo(CLOSER);
    expect(scenario.transferTo(QUALIFIER).conversation.owner.agentId).toBe(QUALIFIER);
  });

  it.each([
    ['a word of the customer', (scenario: Scenario) => scenario.customerSays()],
    ['a new answer', (scenario: Scenario) => scenario.recordAnswers()],
  ])('is none after %s', (_, between) => {
    const scenario = almost();
    between(scenario);
    expect(scenario.transferTo(QUALIFIER).conversation.owner.agentId).toBe(QUALIFIER);
  });

  it.each([
    ['an internal note', (scenario: Scenario) => scenario.agentSays(CLOSER, 'x', { visibility: 'internal' })],
    ["the owner's own words", (scenario: Scenario) => scenario.agentSays(SUPERVISOR)],
    ['an objection', (scenario: Scenario) => scenario.raiseObjection()],
  ])('is still one after %s', (_, between) => {
    const scenario = almost();
    between(scenario);
    expect(scenario.refusal('handoffs.transfer', handoffInput).code).toBe('HANDOFF_LOOP');
  });

  it('is none where a person takes over and gives back, again and again', () => {
    const scenario = new Scenario();
    for (let times = 0; times < 3; times += 1) {
      scenario.when('handoffs.takeover', { by: MARIA });
      scenario.when('handoffs.release', { by: MARIA });
    }
    expect(scenario.conversation.owner).toMatchObject({ agentId: SUPERVISOR, epoch: 7 });
  });
});

describe('a takeover', () => {
  it('gives the conversation to a person at once', () => {
    const { conversation, entries } = new Scenario().when('handoffs.takeover', {
      by: MARIA,
      reason: 'I know her',
    });
    expect(entries).toMatchObject([
      {
        action: 'taken_over',
        handoff: { kind: 'takeover', from: SUPERVISOR, to: MARIA, reason: 'I know her', confidence: 1 },
      },
      { kind: 'owner', to: MARIA, epoch: 2 },
    ]);
    expect(conversation).toMatchObject({ owner: { agentId: MARIA, previous: SUPERVISOR }, handoffCount: 1 });
  });

  it('ends whatever is pending', () => {
    const { scenario, handoffId } = requestedHandoff();
    const { conversation, entries } = scenario.when('handoffs.takeover', { by: MARIA });
    expect(entries).toMatchObject([
      { action: 'cancelled', handoff: { id: handoffId, resolution: 'maria took over' } },
      { action: 'taken_over' },
      { kind: 'owner' },
    ]);
    expect(conversation).toMatchObject({ pendingHandoff: null, handoffCount: 1 });
    expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it.each([CLOSER, DESK])('is for people only, not for %s', (by) => {
    expect(new Scenario().refusal('handoffs.takeover', { by }).code).toBe('FORBIDDEN');
  });

  it('is for people whom somebody knows', () => {
    expect(new Scenario().refusal('handoffs.takeover', { by: 'nobody' }).code).toBe('UNKNOWN_AGENT');
  });

  it('of what one has already is refused', () => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    expect(scenario.refusal('handoffs.takeover', { by: MARIA }).code).toBe('ALREADY_OWNER');
  });

  it('is open to another person, who says why', () => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    expect(scenario.refusal('handoffs.takeover', { by: JONAS })).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'maria is a person: say why you take over',
    });
    const taken = scenario.when('handoffs.takeover', { by: JONAS, reason: 'Maria is on leave' });
    expect(taken.conversation.owner).toMatchObject({ agentId: JONAS, previous: MARIA });
  });
});

describe('a release', () => {
  function takenOver(): Scenario {
    const scenario = new Scenario();
    scenario.transferTo(CLOSER);
    scenario.when('handoffs.takeover', { by: MARIA });
    return scenario;
  }

  it('gives the conversation back to the owner before', () => {
    const { conversation, entries } = takenOver().when('handoffs.release', { by: MARIA });
    expect(entries).toMatchObject([
      { action: 'released', handoff: { kind: 'release', from: MARIA, to: CLOSER, reason: 'Given back' } },
      { kind: 'owner', from: MARIA, to: CLOSER, epoch: 4 },
    ]);
    expect(conversation.owner).toMatchObject({ agentId: CLOSER, previous: MARIA });
  });

  it('may name another', () => {
    const { conversation } = takenOver().when('handoffs.release', { by: MARIA, to: QUALIFIER });
    expect(conversation.owner.agentId).toBe(QUALIFIER);
  });

  it('is for the owner only', () => {
    expect(takenOver().refusal('handoffs.release', { by: CLOSER }).code).toBe('NOT_OWNER');
  });

  it('goes to the supervisor where there was no owner before', () => {
    const scenario = new Scenario({ agentId: MARIA });
    expect(scenario.when('handoffs.release', { by: MARIA }).conversation.owner.agentId).toBe(SUPERVISOR);
  });

  it('to oneself is refused', () => {
    expect(new Scenario().refusal('handoffs.release', { by: SUPERVISOR }).code).toBe('INVALID_INPUT');
  });

  it('ends whatever is pending', () => {
    const scenario = takenOver();
    scenario.wait(MINUTE_MS).when('handoffs.request', { ...handoffInput, from: MARIA });
    const { conversation, entries } = scenario.when('handoffs.release', { by: MARIA });
    expect(entries[0]).toMatchObject({
      action: 'cancelled',
      handoff: { resolution: 'maria gave the conversation back' },
    });
    expect(conversation.pendingHandoff).toBeNull();
  });
});
