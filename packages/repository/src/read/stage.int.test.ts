import { ConversationId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUALIFIER, Scenario } from '../../test/scenario.ts';
import { qualificationQueries } from './qualification.ts';
import { stageQueries } from './stage.ts';

const UNKNOWN = ConversationId.parse('f'.repeat(24));

let scenario: Scenario;
let conversationId: ConversationId;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ id: conversationId } = await scenario.create());
  await scenario.qualify(conversationId);
  await scenario.run('qualification.record', {
    conversationId,
    budget: { verdict: true, value: '900 a month' },
    by: QUALIFIER,
  });
  await scenario.run('stages.transition', {
    conversationId,
    to: 'closing',
    reason: 'Ready',
    notes: 'Call her',
  });
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('Stages', () => {
  it('that are open from here come with what still blocks them', async () => {
    const next = await stageQueries.listNext(scenario.collections, scenario.tenantId, { conversationId });
    expect(next).toEqual([
      {
        stage: 'closed_won',
        blockers: [{ code: 'DEAL_INCOMPLETE', missing: ['monthlyValueCents', 'paymentMethod'] }],
      },
      { stage: 'closed_lost', blockers: [{ code: 'LOSS_REASON_REQUIRED', missing: ['lossReason'] }] },
      { stage: 'objection_handling', blockers: [] },
      { stage: 'follow_up', blockers: [] },
    ]);
  });

  it('can be tried without moving', async () => {
    const { collections, tenantId } = scenario;
    expect(await stageQueries.validate(collections, tenantId, { conversationId, to: 'lead' })).toEqual({
      valid: false,
      from: 'closing',
      blockers: [{ code: 'INVALID_TRANSITION', missing: [] }],
    });
    const won = { monthlyValueCents: 50_000, paymentMethod: 'ach' as const };
    expect(
      await stageQueries.validate(collections, tenantId, { conversationId, to: 'closed_won', deal: won }),
    ).toEqual({
      valid: true,
      from: 'closing',
      blockers: [],
    });
    await expect(
      stageQueries.validate(collections, tenantId, { conversationId: UNKNOWN, to: 'lead' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that were left are the history, the newest first, with how long each took', async () => {
    const { items } = await stageQueries.history(scenario.collections, scenario.tenantId, {
      conversationId,
      limit: 25,
    });
    expect(items).toMatchObject([
      { from: 'qualified', to: 'closing', inStageMs: 120_000, reason: 'Ready', notes: 'Call her', by: null },
      { from: 'qualification', to: 'qualified', inStageMs: 60_000, by: QUALIFIER, forced: false },
      { from: 'lead', to: 'qualification', inStageMs: 60_000 },
    ]);
  });

  it('have a history that is read page by page', async () => {
    const read = (cursor?: string) =>
      stageQueries.history(scenario.collections, scenario.tenantId, { conversationId, limit: 2, cursor });
    const first = await read();
    const second = await read(first.nextCursor ?? '');
    expect([...first.items, ...second.items].map(({ to }) => to)).toEqual([
      'closing',
      'qualified',
      'qualification',
    ]);
  });

  it('have an empty history in a new conversation, and none where there is no conversation', async () => {
    const { collections, tenantId } = scenario;
    const { id } = await scenario.create();
    const empty = { items: [], nextCursor: null };
    expect(await stageQueries.history(collections, tenantId, { conversationId: id, limit: 25 })).toEqual(
      empty,
    );
    await expect(
      stageQueries.history(collections, tenantId, { conversationId: UNKNOWN, limit: 25 }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('A qualification', () => {
  it('is what the latest answers make of it', async () => {
    const qualification = await qualificationQueries.get(scenario.collections, scenario.tenantId, {
      conversationId,
    });
    expect(qualification).toMatchObject({
      complete: true,
      met: true,
      score: 90,
      budget: { value: '900 a month' },
    });
  });

  it('tells what is missing', async () => {
    const { id } = await scenario.create();
    expect(
      await qualificationQueries.check(scenario.collections, scenario.tenantId, { conversationId: id }),
    ).toEqual({
      complete: false,
      met: false,
      score: null,
      missing: ['budget', 'authority', 'need', 'timeline'],
      answered: { budget: false, authority: false, need: false, timeline: false },
    });
  });

  it('keeps earlier answers in its history, the newest first', async () => {
    const { collections, tenantId } = scenario;
    const { items } = await qualificationQueries.history(collections, tenantId, {
      conversationId,
      limit: 25,
    });
    expect(items.map(({ field }) => field)).toEqual(['budget', 'authority', 'budget', 'need', 'timeline']);
    const budgets = await qualificationQueries.history(collections, tenantId, {
      conversationId,
      field: 'budget',
      limit: 25,
    });
    expect(budgets.items).toMatchObject([
      { field: 'budget', answer: { value: '900 a month' } },
      { field: 'budget', answer: { value: '500 a month' } },
    ]);
  });

  it('has a history that is read page by page, within one recording too', async () => {
    const fields: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await qualificationQueries.history(scenario.collections, scenario.tenantId, {
        conversationId,
        limit: 2,
        cursor,
      });
      fields.push(...page.items.map(({ seq, field }) => `${seq} ${field}`));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(fields).toEqual(['5 budget', '3 authority', '3 budget', '3 need', '3 timeline']);
  });

  it('has no history where there is no conversation', async () => {
    await expect(
      qualificationQueries.history(scenario.collections, scenario.tenantId, {
        conversationId: UNKNOWN,
        limit: 25,
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
