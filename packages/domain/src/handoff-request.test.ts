import { timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { handoffInput, requestedHandoff, withAgent } from '../test/handoff-scenario.ts';
import {
  anAgent,
  CLOSER,
  DESK,
  HOUR_MS,
  JONAS,
  MARIA,
  QUALIFIER,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';

describe('a request', () => {
  it('leaves the owner until it is accepted', () => {
    const { scenario, handoffId } = requestedHandoff();
    expect(scenario.conversation).toMatchObject({
      owner: { agentId: SUPERVISOR, epoch: 1 },
      handoffCount: 0,
      pendingHandoff: {
        id: handoffId,
        kind: 'request',
        status: 'pending',
        acceptedBy: null,
        expiresAt: null,
      },
    });
    expect(scenario.agentSays(SUPERVISOR).conversation.metrics.messages).toBe(1);
  });

  it('stands alone: a second one is refused while the first is pending', () => {
    const { scenario } = requestedHandoff();
    expect(scenario.refusal('handoffs.request', { ...handoffInput, to: CLOSER }).code).toBe(
      'HANDOFF_PENDING',
    );
  });

  it('may not expire before it begins', () => {
    const scenario = new Scenario();
    expect(scenario.refusal('handoffs.request', { ...handoffInput, expiresAt: scenario.now }).code).toBe(
      'INVALID_INPUT',
    );
  });
});

it.each(['handoffs.transfer', 'handoffs.request'] as const)(
  '%s under an ownership that has passed is refused, even to one who owns the conversation again',
  (type) => {
    const scenario = new Scenario();
    const { epoch } = scenario.conversation.owner;
    scenario.when('handoffs.takeover', { by: MARIA });
    scenario.when('handoffs.release', { by: MARIA });
    expect(scenario.refusal(type, { ...handoffInput, ownerEpoch: epoch })).toMatchObject({
      code: 'STALE_OWNER',
      details: { owner: { epoch: 3 }, ownerEpoch: 1 },
    });
    expect(() => scenario.when(type, { ...handoffInput, ownerEpoch: 3 })).not.toThrow();
  },
);

describe('the acceptance of a request', () => {
  it('makes the agent that was asked the owner', () => {
    const { scenario, handoffId } = requestedHandoff();
    const { conversation, entries } = scenario.when('handoffs.accept', { handoffId, by: QUALIFIER });
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'accepted', handoff: { status: 'accepted', acceptedBy: QUALIFIER } },
      { kind: 'owner', from: SUPERVISOR, to: QUALIFIER, epoch: 2 },
    ]);
    expect(conversation).toMatchObject({
      pendingHandoff: null,
      handoffCount: 1,
      owner: { agentId: QUALIFIER },
    });
  });

  it('moves the stage that the request named', () => {
    const { scenario, handoffId } = requestedHandoff(QUALIFIER, { stage: 'qualification' });
    expect(scenario.conversation.stage).toBe('lead');
    expect(scenario.when('handoffs.accept', { handoffId, by: QUALIFIER }).conversation.stage).toBe(
      'qualification',
    );
  });

  it('is for nobody else', () => {
    const { scenario, handoffId } = requestedHandoff();
    expect(scenario.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe('FORBIDDEN');
  });

  it('happens once', () => {
    const { scenario, handoffId } = requestedHandoff();
    scenario.when('handoffs.accept', { handoffId, by: QUALIFIER });
    expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('names the request that is pending now', () => {
    const { scenario } = requestedHandoff();
    const other = 'e'.repeat(24);
    expect(scenario.refusal('handoffs.accept', { handoffId: other, by: QUALIFIER })).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      details: { handoffId: other },
    });
  });

  it('comes too late at the very instant of expiry', () => {
    const expiresAt = timestamp(Date.parse('2026-01-05T09:00:00.000Z') + HOUR_MS);
    const late = requestedHandoff(QUALIFIER, { expiresAt });
    const accept = { handoffId: late.handoffId, by: QUALIFIER };
    expect(late.scenario.refusal('handoffs.accept', accept, { at: expiresAt }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
    const justInTime = timestamp(Date.parse(expiresAt) - 1);
    expect(late.scenario.when('handoffs.accept', accept, { at: justInTime }).conversation.owner.agentId).toBe(
      QUALIFIER,
    );
  });
});

describe('a request to a queue', () => {
  it('is taken by any of its members, and says who', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    const { conversation, entries } = scenario.when('handoffs.accept', { handoffId, by: JONAS });
    expect(entries[0]).toMatchObject({ handoff: { to: DESK, acceptedBy: JONAS } });
    expect(conversation.owner).toMatchObject({ agentId: JONAS, previous: SUPERVISOR });
  });

  it('goes to exactly one of them', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    scenario.when('handoffs.accept', { handoffId, by: JONAS });
    expect(scenario.refusal('handoffs.accept', { handoffId, by: MARIA }).code).toBe('HANDOFF_NOT_PENDING');
  });

  it('is not for the owner, who asked, even where it is a member', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    const desk = anAgent(DESK, { kind: 'queue', members: [SUPERVISOR, JONAS] });
    const refusal = scenario.refusal('handoffs.accept', { handoffId, by: SUPERVISOR }, withAgent(desk));
    expect(refusal).toMatchObject({ code: 'ALREADY_OWNER', details: { owner: { epoch: 1 } } });
  });

  it('is not for those who are no members, nor for the queue itself', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    expect(scenario.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe('FORBIDDEN');
    expect(scenario.refusal('handoffs.accept', { handoffId, by: DESK }).code).toBe('INVALID_INPUT');
  });

  it('is not declined by one member for all', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    expect(scenario.refusal('handoffs.reject', { handoffId, by: MARIA }).code).toBe('FORBIDDEN');
  });

  it('is shown as taken at once where the caller cannot know the members', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    const { conversation } = scenario.when('handoffs.accept', { handoffId, by: JONAS }, { agents: null });
    expect(conversation.owner.agentId).toBe(JONAS);
  });
});

describe('a request ends without a change of owner', () => {
  const ends = [
    ['rejected', 'handoffs.reject', { by: QUALIFIER, reason: 'Busy' }],
    ['cancelled', 'handoffs.cancel', { reason: 'Busy' }],
  ] as const;

  it.each(ends)('when it is %s, with the reason', (status, type, input) => {
    const { scenario, handoffId } = requestedHandoff();
    const { conversation, entries } = scenario.when(type, { handoffId, ...input });
    expect(entries).toMatchObject([
      {
        action: status,
        handoff: { status, resolution: 'Busy', acceptedBy: null, resolvedAt: entries[0]?.at },
      },
    ]);
    expect(conversation).toMatchObject({
      pendingHandoff: null,
      handoffCount: 0,
      owner: { agentId: SUPERVISOR, epoch: 1 },
    });
  });

  it.each(ends)('and once it is %s, nothing more becomes of it', (_, type, input) => {
    const { scenario, handoffId } = requestedHandoff();
    scenario.when(type, { handoffId, by: QUALIFIER });
    expect(scenario.refusal(type, { handoffId, ...input }).code).toBe('HANDOFF_NOT_PENDING');
    expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('when it expires, not before', () => {
    const expiresAt = timestamp(Date.parse('2026-01-05T09:00:00.000Z') + HOUR_MS);
    const { scenario, handoffId } = requestedHandoff(QUALIFIER, { expiresAt });
    expect(scenario.refusal('handoffs.expire', { handoffId })).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      details: { expiresAt },
    });
    const { conversation, entries } = scenario.when('handoffs.expire', { handoffId }, { at: expiresAt });
    expect(entries).toMatchObject([
      { action: 'expired', handoff: { status: 'expired', resolvedAt: expiresAt } },
    ]);
    expect(conversation.pendingHandoff).toBeNull();
  });

  it('and never expires where it has no end', () => {
    const { scenario, handoffId } = requestedHandoff();
    expect(scenario.wait(1_000 * HOUR_MS).refusal('handoffs.expire', { handoffId }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('when the conversation is closed', () => {
    const { scenario } = requestedHandoff();
    const { conversation, entries } = scenario.when('conversations.close', {});
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'cancelled', handoff: { resolution: 'The conversation was closed' } },
      { kind: 'status' },
    ]);
    expect(conversation.pendingHandoff).toBeNull();
  });

  it('is rejected by the agent that was asked, by nobody else', () => {
    const { scenario, handoffId } = requestedHandoff();
    expect(scenario.refusal('handoffs.reject', { handoffId, by: SUPERVISOR }).code).toBe('FORBIDDEN');
  });

  it('and makes room for another', () => {
    const { scenario, handoffId } = requestedHandoff();
    scenario.when('handoffs.cancel', { handoffId });
    expect(scenario.transferTo(CLOSER).conversation.owner.agentId).toBe(CLOSER);
  });
});
