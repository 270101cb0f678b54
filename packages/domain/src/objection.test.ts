import { OPEN_WORK_LIMIT } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import {
  CLOSER,
  DAY_MS,
  QUALIFYING_ANSWERS,
  OBJECTION_HANDLER,
  QUALIFIER,
  Scenario,
} from '../test/scenario.ts';

const resolution = { method: 'Yearly discount', handledBy: OBJECTION_HANDLER, confidence: 0.8 } as const;

function raised(count = 1): { scenario: Scenario; ids: string[] } {
  const scenario = new Scenario();
  for (let n = 0; n < count; n += 1) scenario.raiseObjection();
  return { scenario, ids: scenario.conversation.objections.map(({ id }) => id) };
}

function idOf(ids: readonly string[], index = 0): string {
  const id = ids[index];
  if (id === undefined) throw new Error(`There is no objection ${index}`);
  return id;
}

describe('an objection', () => {
  it('is active once it is raised', () => {
    const { conversation, entries } = new Scenario().raiseObjection({ severity: 'high', by: QUALIFIER });
    expect(entries).toMatchObject([
      {
        kind: 'objection',
        action: 'raised',
        actor: { kind: 'agent', agentId: QUALIFIER },
        objection: {
          type: 'price',
          text: 'Too dear',
          severity: 'high',
          status: 'active',
          raisedBy: QUALIFIER,
          raisedAt: entries[0]?.at,
        },
      },
    ]);
    expect(conversation).toMatchObject({ activeObjections: 1, objections: [{ status: 'active' }] });
  });

  it('stands beside others, each with its own id', () => {
    const { scenario, ids } = raised(3);
    expect(new Set(ids).size).toBe(3);
    expect(scenario.conversation.activeObjections).toBe(3);
  });

  it(`is refused where ${OPEN_WORK_LIMIT} are active`, () => {
    const { scenario, ids } = raised(OPEN_WORK_LIMIT);
    const another = { type: 'trust', text: 'Who are you?', severity: 'low' } as const;
    expect(scenario.refusal('objections.raise', another)).toMatchObject({
      code: 'LIMIT_REACHED',
      details: { limit: OPEN_WORK_LIMIT },
    });
    scenario.when('objections.resolve', { objectionId: idOf(ids), ...resolution });
    expect(scenario.when('objections.raise', another).conversation.activeObjections).toBe(OPEN_WORK_LIMIT);
  });
});

describe('the resolution of an objection', () => {
  it('says how, by whom and when', () => {
    const { scenario, ids } = raised(2);
    const { conversation, entries } = scenario.when('objections.resolve', {
      objectionId: idOf(ids),
      ...resolution,
      notes: 'Signs in May',
    });
    expect(entries).toMatchObject([
      {
        action: 'resolved',
        actor: { kind: 'agent', agentId: OBJECTION_HANDLER },
        objection: { status: 'resolved', ...resolution, notes: 'Signs in May', resolvedAt: entries[0]?.at },
      },
    ]);
    expect(conversation.activeObjections).toBe(1);
    expect(conversation.objections.map(({ id }) => id)).toEqual([ids[1]]);
  });

  it('happens once', () => {
    const { scenario, ids } = raised();
    scenario.when('objections.resolve', { objectionId: idOf(ids), ...resolution });
    const again = { objectionId: idOf(ids), ...resolution };
    expect(scenario.refusal('objections.resolve', again)).toMatchObject({
      code: 'OBJECTION_NOT_OPEN',
      details: { objectionId: ids[0] },
    });
    expect(scenario.refusal('objections.defer', { objectionId: idOf(ids), reason: 'x' }).code).toBe(
      'OBJECTION_NOT_OPEN',
    );
  });

  it('moves the sale in the same command', () => {
    const { scenario, ids } = raised();
    scenario.given({ stage: 'objection_handling' });
    const { conversation, entries } = scenario.when('objections.resolve', {
      objectionId: idOf(ids),
      ...resolution,
      advanceTo: 'closing',
    });
    expect(entries).toMatchObject([
      { kind: 'objection', action: 'resolved' },
      { kind: 'stage', from: 'objection_handling', to: 'closing', reason: 'Objection resolved' },
    ]);
    expect(conversation).toMatchObject({ stage: 'closing', activeObjections: 0, version: 3 });
  });

  it('is not done where the sale may not move', () => {
    const { scenario, ids } = raised();
    const resolve = { objectionId: idOf(ids), ...resolution, advanceTo: 'closed_won' } as const;
    expect(scenario.refusal('objections.resolve', resolve).code).toBe('INVALID_TRANSITION');
    expect(scenario.conversation.activeObjections).toBe(1);
  });

  it('may lead back to qualified, once the answers are given', () => {
    const { scenario, ids } = raised();
    scenario.given({ stage: 'objection_handling' });
    const resolve = { objectionId: idOf(ids), ...resolution, advanceTo: 'qualified' } as const;
    expect(scenario.refusal('objections.resolve', resolve).code).toBe('QUALIFICATION_INCOMPLETE');
    scenario.when('qualification.record', { ...QUALIFYING_ANSWERS, by: QUALIFIER });
    expect(scenario.when('objections.resolve', resolve).conversation.stage).toBe('qualified');
  });
});

describe('an objection that is put off', () => {
  it('is no longer active, but not forgotten', () => {
    const { scenario, ids } = raised();
    const { conversation, entries } = scenario.when('objections.defer', {
      objectionId: idOf(ids),
      reason: 'Asks his boss',
    });
    expect(entries).toMatchObject([
      {
        action: 'deferred',
        objection: {
          status: 'deferred',
          deferReason: 'Asks his boss',
          deferredAt: entries[0]?.at,
          followUpId: null,
        },
      },
    ]);
    expect(conversation).toMatchObject({ activeObjections: 0, objections: [], followUps: [] });
    expect(conversation.deferredObjections.map(({ id }) => id)).toEqual(ids);
  });

  it('gets its follow-up in the same command, for whoever put it off', () => {
    const { scenario, ids } = raised();
    const followUpAt = '2026-01-12T09:00:00.000Z';
    const { conversation, entries } = scenario.when('objections.defer', {
      objectionId: idOf(ids),
      reason: 'Asks his boss',
      followUpAt,
      by: CLOSER,
    });
    expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
      ['objection', 3],
      ['follow_up', 3],
    ]);
    expect(conversation).toMatchObject({
      nextFollowUpAt: followUpAt,
      followUps: [
        {
          type: 'objection_follow_up',
          dueAt: followUpAt,
          context: 'Asks his boss',
          assignee: CLOSER,
          maxAttempts: 3,
        },
      ],
    });
    expect(conversation.deferredObjections[0]?.followUpId).toBe(conversation.followUps[0]?.id);
  });

  it('turns a pause into a scheduled one by its follow-up', () => {
    const { scenario, ids } = raised();
    scenario.when('conversations.pause', {});
    const followUpAt = '2026-01-12T09:00:00.000Z';
    scenario.when('objections.defer', { objectionId: idOf(ids), reason: 'Later', followUpAt });
    expect(scenario.conversation.status).toBe('scheduled');
  });

  it('may be resolved later, not be put off twice', () => {
    const { scenario, ids } = raised();
    scenario.when('objections.defer', { objectionId: idOf(ids), reason: 'Later' });
    expect(scenario.refusal('objections.defer', { objectionId: idOf(ids), reason: 'Later' }).code).toBe(
      'OBJECTION_NOT_OPEN',
    );
    const { conversation, entries } = scenario.wait(DAY_MS).when('objections.resolve', {
      objectionId: idOf(ids),
      ...resolution,
    });
    expect(conversation).toMatchObject({ deferredObjections: [], activeObjections: 0 });
    expect(entries[0]).toMatchObject({ objection: { status: 'resolved', deferReason: 'Later' } });
  });

  it('takes its open follow-up along when it is resolved, and no other', () => {
    const { scenario, ids } = raised();
    scenario.scheduleFollowUp();
    const [other] = scenario.conversation.followUps;
    const followUpAt = '2026-01-12T09:00:00.000Z';
    scenario.when('objections.defer', { objectionId: idOf(ids), reason: 'Later', followUpAt });
    const { conversation, entries } = scenario.when('objections.resolve', {
      objectionId: idOf(ids),
      ...resolution,
      advanceTo: 'qualification',
    });
    expect(entries.map((entry) => ('action' in entry ? entry.action : entry.kind))).toEqual([
      'resolved',
      'cancelled',
      'stage',
    ]);
    expect(entries[1]).toMatchObject({
      followUp: { status: 'cancelled', outcome: 'The objection was resolved', endedAt: entries[1]?.at },
    });
    expect(conversation.followUps).toEqual([other]);
  });

  it('whose follow-up was all that was open leaves the conversation paused when it is resolved', () => {
    const { scenario, ids } = raised();
    scenario.when('conversations.pause', {});
    const followUpAt = '2026-01-12T09:00:00.000Z';
    scenario.when('objections.defer', { objectionId: idOf(ids), reason: 'Later', followUpAt });
    scenario.when('objections.resolve', { objectionId: idOf(ids), ...resolution });
    expect(scenario.conversation).toMatchObject({ status: 'paused', followUps: [], nextFollowUpAt: null });
  });

  it('whose follow-up is done or cancelled already is resolved alone', () => {
    const { scenario, ids } = raised();
    const followUpAt = '2026-01-12T09:00:00.000Z';
    scenario.when('objections.defer', { objectionId: idOf(ids), reason: 'Later', followUpAt });
    const [followUp] = scenario.conversation.followUps;
    scenario.when('followUps.cancel', { followUpId: followUp?.id ?? '' });
    const { entries } = scenario.when('objections.resolve', { objectionId: idOf(ids), ...resolution });
    expect(entries.map(({ kind }) => kind)).toEqual(['objection']);
  });

  it(`is refused where ${OPEN_WORK_LIMIT} are put off, and then nothing is scheduled`, () => {
    const scenario = new Scenario();
    for (let n = 0; n < OPEN_WORK_LIMIT; n += 1) {
      scenario.raiseObjection();
      const objectionId = idOf(scenario.conversation.objections.map(({ id }) => id));
      scenario.when('objections.defer', { objectionId, reason: 'Later' });
    }
    scenario.raiseObjection();
    const objectionId = idOf(scenario.conversation.objections.map(({ id }) => id));
    const defer = { objectionId, reason: 'Later', followUpAt: '2026-01-12T09:00:00.000Z' };
    expect(scenario.refusal('objections.defer', defer).code).toBe('LIMIT_REACHED');
    expect(scenario.conversation).toMatchObject({ activeObjections: 1, followUps: [] });
  });

  it('is refused where its follow-up would be one too many', () => {
    const { scenario, ids } = raised();
    for (let n = 0; n < OPEN_WORK_LIMIT; n += 1) scenario.scheduleFollowUp();
    const defer = { objectionId: idOf(ids), reason: 'Later', followUpAt: '2026-01-12T09:00:00.000Z' };
    expect(scenario.refusal('objections.defer', defer).code).toBe('LIMIT_REACHED');
    expect(scenario.conversation.activeObjections).toBe(1);
  });

  it('is refused for an agent whom nobody knows, where there is work to do', () => {
    const { scenario, ids } = raised();
    const defer = { objectionId: idOf(ids), reason: 'Later', by: 'nobody' };
    const followUpAt = '2026-01-12T09:00:00.000Z';
    expect(scenario.refusal('objections.defer', { ...defer, followUpAt }).code).toBe('UNKNOWN_AGENT');
    expect(scenario.when('objections.defer', defer).conversation.activeObjections).toBe(0);
  });
});
