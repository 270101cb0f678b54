import { timestamp } from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../test/seed-archive.ts';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { planConversations } from './plan-conversations.ts';
import { simulate } from './simulate.ts';
import { SALES_DESK } from './team.ts';

let source: TestCli;

beforeAll(async () => {
  source = await testCli();
  await source.run('simulate', '--conversations', '22', '--seed', '5');
});

afterAll(() => source[Symbol.asyncDispose]());

test('the simulation tells nothing twice with one seed, and other people with another', async () => {
  const stats = () => source.baton.api.admin.stats.query();
  const before = await stats();
  expect(await source.json('simulate', '--conversations', '22', '--seed', '5')).toMatchObject({
    told: 0,
    known: 22,
  });
  expect(await stats()).toEqual(before);
  expect(await source.json('simulate', '--conversations', '3', '--seed', '6')).toMatchObject({
    told: 3,
    known: 0,
  });
});

test('a simulation that is stopped begins no further conversation, and ends those that it has begun', async () => {
  await using fresh = await testCli();
  const stopping = new AbortController();
  const first = await simulate(fresh.baton, {
    conversations: 22,
    seed: 1,
    now: new Date(),
    signal: stopping.signal,
    onProgress: () => stopping.abort(),
  });
  expect(first.created).toBeLessThan(22);
  const { items } = await fresh.baton.api.conversations.list.query({ limit: 100 });
  expect(items).toHaveLength(first.created);
  const again = await simulate(fresh.baton, { conversations: 22, seed: 1, now: new Date() });
  expect(again).toMatchObject({ created: 22 - first.created, existing: first.created });
});

test('a person of the simulation who is talking already gets a second name', async () => {
  await using fresh = await testCli();
  const [sample] = planConversations({ conversations: 1, seed: 8, now: new Date() });
  const { contactId = '', channel = 'web' } = sample?.script.prospect ?? {};
  await fresh.baton.api.conversations.create.mutate({ contactId, channel });
  expect(await fresh.json('simulate', '--conversations', '1', '--seed', '8')).toMatchObject({ told: 1 });
  const { items } = await fresh.baton.api.conversations.list.query({ tag: 'sample' });
  expect(items.map((one) => one.contactId)).toEqual([`8-1.${contactId}`]);
});

test('the live team works, and nothing that was promised is found broken', async () => {
  const ran = await source.run('simulate', '--conversations', '2', '--live', '--seconds', '1');
  expect(ran).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Checked: nobody spoke out of turn'),
  });
  expect(await source.json('simulate', '--conversations', '1', '--live', '--seconds', '1')).toHaveProperty(
    'findings',
    [],
  );
});

test('the simulation leaves customers waiting, work due and every outcome', async () => {
  const { api } = source.baton;
  const now = timestamp(Date.now());
  expect((await api.conversations.list.query({ sort: 'waitingSince' })).items.length).toBeGreaterThan(3);
  expect(
    (await api.followUps.listDue.query({ before: timestamp(Date.now() + 24 * HOUR_MS) })).items.length,
  ).toBeGreaterThan(0);
  expect((await api.handoffs.pending.query({ agentId: SALES_DESK })).items.length).toBeGreaterThan(0);
  const { byStage, dealsWon, dealsLost, costMicros } = await api.metrics.overview.query({ to: now });
  expect(
    Math.min(
      byStage.lead ?? 0,
      byStage.qualification ?? 0,
      byStage.closing ?? 0,
      dealsWon,
      dealsLost,
      costMicros,
    ),
  ).toBeGreaterThan(0);
  for (const status of ['open', 'completed', 'cancelled', 'dead'] as const) {
    expect((await api.followUps.list.query({ status })).items.length, status).toBeGreaterThan(0);
  }
});
