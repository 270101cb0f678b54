import { describe, expect, it } from 'vitest';
import { Scenario } from '../test/scenario.ts';

const WON = { monthlyValueCents: 50_000, paymentMethod: 'credit_card' } as const;

function closing(): Scenario {
  return new Scenario().given({ stage: 'closing' });
}

describe('a deal', () => {
  it('is nothing until somebody speaks of it', () => {
    expect(new Scenario().conversation.deal).toBeNull();
  });

  it('is agreed on part by part', () => {
    const scenario = new Scenario();
    scenario.when('deals.update', { deal: { monthlyValueCents: 50_000 } });
    const { conversation, entries } = scenario.when('deals.update', {
      deal: { discountPercent: 12.5, contractMonths: 12 },
    });
    expect(conversation.deal).toEqual({
      monthlyValueCents: 50_000,
      setupFeeCents: null,
      contractMonths: 12,
      paymentMethod: null,
      discountPercent: 12.5,
      startAt: null,
      closedAt: null,
      closeReason: null,
    });
    expect(entries).toMatchObject([{ kind: 'deal', outcome: null, deal: conversation.deal }]);
  });

  it('takes a part back with null, and leaves it with undefined', () => {
    const scenario = new Scenario();
    scenario.when('deals.update', { deal: { monthlyValueCents: 50_000, setupFeeCents: 100 } });
    scenario.when('deals.update', { deal: { monthlyValueCents: undefined, setupFeeCents: null } });
    expect(scenario.conversation.deal).toMatchObject({ monthlyValueCents: 50_000, setupFeeCents: null });
  });
});

describe('closing a deal', () => {
  it('that is won moves deal, stage and status in one command', () => {
    const { conversation, entries } = closing().when('deals.close', { outcome: 'won', deal: WON });
    expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
      ['deal', 2],
      ['stage', 2],
      ['status', 2],
    ]);
    const at = entries[0]?.at;
    expect(entries).toMatchObject([
      { outcome: 'won' },
      { to: 'closed_won' },
      { to: 'completed', reason: 'Deal won' },
    ]);
    expect(conversation).toMatchObject({
      deal: { ...WON, closedAt: at, closeReason: null },
      stage: 'closed_won',
      status: 'completed',
      closedAt: at,
      version: 2,
    });
  });

  it('that is lost says why', () => {
    const { conversation, entries } = closing().when('deals.close', {
      outcome: 'lost',
      lossReason: 'Too dear',
    });
    expect(entries).toMatchObject([
      { kind: 'deal', outcome: 'lost', deal: { closeReason: 'Too dear' } },
      { kind: 'stage', to: 'closed_lost', lossReason: 'Too dear' },
      { kind: 'status', from: 'active', to: 'completed', reason: 'Deal lost' },
    ]);
    expect(conversation).toMatchObject({ stage: 'closed_lost', status: 'completed' });
  });

  it('takes what was agreed on before', () => {
    const scenario = closing();
    scenario.when('deals.update', { deal: { ...WON, closeReason: 'Liked the demo' } });
    expect(scenario.when('deals.close', { outcome: 'won' }).conversation.deal).toMatchObject({
      ...WON,
      closeReason: 'Liked the demo',
    });
  });

  it('does not give a reason of loss to a deal that is won', () => {
    const { conversation } = closing().when('deals.close', {
      outcome: 'won',
      deal: WON,
      lossReason: 'Too dear',
    });
    expect(conversation.deal?.closeReason).toBeNull();
  });

  it('a second time, won after it was lost, does not keep the reason of the loss', () => {
    const scenario = closing();
    scenario.when('deals.close', { outcome: 'lost', lossReason: 'Too dear', deal: WON });
    scenario.when('conversations.reopen', {});
    scenario.when('stages.transition', { to: 'follow_up' });
    scenario.when('stages.transition', { to: 'closing' });
    const { conversation, entries } = scenario.when('deals.close', { outcome: 'won' });
    expect(conversation.deal).toMatchObject({ ...WON, closeReason: null, closedAt: entries[0]?.at });
  });

  it('ends what was pending and promised until then', () => {
    const scenario = closing();
    scenario.scheduleFollowUp({ cancelOn: ['close'] });
    scenario.scheduleFollowUp({ cancelOn: ['stage_change'] });
    scenario.scheduleFollowUp({ type: 'onboarding_check' });
    scenario.when('handoffs.request', {
      from: 'supervisor',
      to: 'closer',
      reason: 'Next',
      trigger: 'manual',
    });
    const { conversation } = scenario.when('deals.close', { outcome: 'won', deal: WON });
    expect(conversation.pendingHandoff).toBeNull();
    expect(conversation.followUps.map(({ type }) => type)).toEqual(['onboarding_check']);
  });

  it.each(['paused', 'scheduled'] as const)('is open to a conversation that is %s', (status) => {
    const { conversation } = closing().given({ status }).when('deals.close', { outcome: 'won', deal: WON });
    expect(conversation.status).toBe('completed');
  });

  it('is refused in a conversation that has ended, and changes no deal', () => {
    const scenario = closing();
    scenario.when('conversations.close', {});
    expect(scenario.refusal('deals.close', { outcome: 'won', deal: WON }).code).toBe('INVALID_STATUS');
    expect(scenario.conversation.deal).toBeNull();
  });

  it('happens once', () => {
    const scenario = closing();
    scenario.when('deals.close', { outcome: 'won', deal: WON });
    expect(scenario.refusal('deals.close', { outcome: 'won', deal: WON }).code).toBe('INVALID_TRANSITION');
  });
});
