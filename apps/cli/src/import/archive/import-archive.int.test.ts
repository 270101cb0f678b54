import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversation } from '@baton/schema';
import { timestamp } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../../test/test-cli.ts';
import { simulate } from '../../simulation/simulate.ts';
import { SALES_DESK } from '../../simulation/team.ts';
import { planConversations } from '../../simulation/plan-conversations.ts';

let source: TestCli;
let target: TestCli;
let folder: TemporaryFolder;

const HOUR_MS = 3_600_000;
const BEGAN = Date.now() - 100 * HOUR_MS;

/** The instant so many hours after the beginning. */
const at = (hours: number): string => timestamp(BEGAN + hours * HOUR_MS);

/** A contact whose conversations take turns on one channel: one may begin only once the other pauses. */
async function seedAlternatingConversations({ api }: TestCli['baton']): Promise<void> {
  const place = { contactId: 'both', channel: 'web' as const };
  const { id: one } = await api.conversations.create.mutate({ ...place, tags: ['one'], at: at(1) });
  await api.conversations.pause.mutate({ conversationId: one, at: at(2) });
  const { id: two } = await api.conversations.create.mutate({ ...place, tags: ['two'], at: at(3) });
  await api.conversations.close.mutate({ conversationId: two, reason: 'Done', at: at(4) });
  await api.conversations.resume.mutate({ conversationId: one, at: at(4) });
  await api.conversations.close.mutate({ conversationId: one, at: at(5) });
  await api.conversations.reopen.mutate({ conversationId: two, at: at(6) });
}

/** What the sample stories leave out. */
async function seedRareCases({ api }: TestCli['baton']): Promise<void> {
  const place = { contactId: 'rare', channel: 'email' as const, at: at(1) };
  const { id: conversationId } = await api.conversations.create.mutate({ ...place, by: 'supervisor' });
  const step = { conversationId, by: 'supervisor' };
  await api.stages.transition.mutate({ ...step, to: 'qualification', notes: 'Looks good', at: at(2) });
  const { followUp } = await api.followUps.schedule.mutate({
    ...step,
    type: 'nurture',
    dueAt: { localTime: '2031-07-01T09:30', timeZone: 'Europe/Berlin' },
    cancelOn: ['stage_change'],
    at: at(3),
  });
  await api.followUps.snooze.mutate({
    followUpId: followUp.id,
    until: { localTime: '2031-08-01T10:00', timeZone: 'America/Denver' },
    at: at(4),
  });
  const { followUp: other } = await api.followUps.schedule.mutate({
    ...step,
    type: 'nurture',
    dueAt: '2031-01-01T00:00:07.000Z',
    at: at(4),
  });
  const { objection } = await api.objections.raise.mutate({
    ...step,
    type: 'price',
    severity: 'low',
    text: 'Hm',
    at: at(5),
  });
  await api.objections.defer.mutate({
    objectionId: objection.id,
    reason: 'Later',
    by: 'supervisor',
    at: at(6),
  });
  await api.conversations.pause.mutate({ ...step, at: at(7) });
  await api.followUps.cancel.mutate({ followUpId: other.id, at: at(8) });
  await api.stages.transition.mutate({
    ...step,
    to: 'closed_lost',
    lossReason: 'No budget',
    deal: { monthlyValueCents: 5 },
    at: at(9),
  });
  await api.conversations.resume.mutate({ ...step, at: at(10) });
  await api.objections.resolve.mutate({
    objectionId: objection.id,
    method: 'Came back',
    handledBy: 'closer',
    confidence: 0.5,
    advanceTo: 'follow_up',
    at: at(11),
  });
  const request = { conversationId, from: 'supervisor', reason: 'Please', trigger: 'manual' as const };
  const { handoff } = await api.handoffs.request.mutate({ ...request, to: 'closer', at: at(12) });
  await api.handoffs.cancel.mutate({ handoffId: handoff.id, reason: 'Not needed', at: at(13) });
  const { handoff: queued } = await api.handoffs.request.mutate({
    ...request,
    to: SALES_DESK,
    stage: 'qualification',
    at: at(14),
  });
  await api.handoffs.accept.mutate({ handoffId: queued.id, by: 'priya_raman', at: at(15) });
  await api.messages.append.mutate({
    conversationId,
    clientMessageId: 'attached',
    author: { kind: 'agent', agentId: 'priya_raman' },
    text: 'Here.',
    inReplyTo: 1,
    parts: [{ type: 'attachment', url: 'https://files.example/offer.pdf' }],
    at: at(16),
  });
  await api.handoffs.request.mutate({ ...request, from: 'priya_raman', to: 'closer', at: at(17) });
  await api.handoffs.takeover.mutate({ conversationId, by: 'dana_whitfield', reason: 'Mine', at: at(18) });
  await api.deals.update.mutate({ ...step, deal: { discountPercent: 3 }, at: at(19) });
  await api.conversations.abandon.mutate({ ...step, reason: 'Gone', at: at(20) });
  // History must not depend on today's agents: the desk has lost a member, and somebody is away.
  await api.agents.update.mutate({ id: SALES_DESK, members: ['marcus_oyelaran'] });
  await api.agents.update.mutate({ id: 'closer', availability: 'away', capacity: 1 });
}

beforeAll(async () => {
  [source, target, folder] = [await testCli(), await testCli(), await temporaryFolder()];
  await source.run('simulate', '--conversations', '22', '--seed', '5');
  await seedAlternatingConversations(source.baton);
  await seedRareCases(source.baton);
  await source.run('export', join(folder.path, 'source.jsonl'));
});

afterAll(async () => {
  await Promise.all([
    source[Symbol.asyncDispose](),
    target[Symbol.asyncDispose](),
    folder[Symbol.asyncDispose](),
  ]);
});

/** An archive with its ids numbered in order of appearance, and without what an import cannot know. */
async function comparable(name: string): Promise<unknown[]> {
  const text = await readFile(join(folder.path, name), 'utf8');
  const numbers = new Map<string, string>();
  const number = (id: string) => {
    const known = numbers.get(id) ?? `id ${numbers.size}`;
    numbers.set(id, known);
    return known;
  };
  return text
    .trim()
    .split('\n')
    .map((line) =>
      JSON.parse(line.replaceAll(/"([0-9a-f]{24})"/g, (_match, id: string) => `"${number(id)}"`)),
    )
    .map((line) => {
      return 'agent' in line ? { ...line.agent, createdAt: null, updatedAt: null } : line;
    });
}

describe('an archive of a store', () => {
  test('comes into an empty store without a fault', async () => {
    const ran = await target.run('import', 'baton', join(folder.path, 'source.jsonl'));
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^25 conversations are in: 25 new/);
  });

  test('comes out of that store as it went in, but for ids', async () => {
    await target.run('export', join(folder.path, 'target.jsonl'));
    const [before, after] = [await comparable('source.jsonl'), await comparable('target.jsonl')];
    expect(after).toHaveLength(before.length);
    for (const [index, line] of after.entries()) expect(line).toEqual(before[index]);
  });

  test('brings every conversation to the same state', async () => {
    const states = async ({ baton }: TestCli) => {
      const { items } = await baton.api.conversations.list.query({ limit: 100 });
      const place = ({ contactId, channel, createdAt }: Conversation) =>
        `${contactId} ${channel} ${createdAt}`;
      return Object.fromEntries(
        items.map((one) => [place(one), [one.version, one.stage, one.status, one.metrics, one.deal]]),
      );
    };
    expect(await states(target)).toEqual(await states(source));
  });

  test('changes nothing when it is brought in again, there or where it came from', async () => {
    for (const cli of [target, source]) {
      const ran = await cli.run('import', 'baton', join(folder.path, 'source.jsonl'));
      expect(ran).toMatchObject({ exitCode: 0, stdout: '25 conversations are in: nothing was new.' });
    }
  });
});

test('an import that was cut short goes on where it stopped', async () => {
  await using fresh = await testCli();
  const text = await readFile(join(folder.path, 'source.jsonl'), 'utf8');
  const lines = text.trim().split('\n');
  const isOf = (line: string, contactId: string) => line.includes(`"contactId":"${contactId}"`);
  const createdLine = lines.find((line) => isOf(line, 'rare')) ?? '';
  const { conversationId } = JSON.parse(createdLine).entry;
  const [agents, rare] = [
    lines.filter((line) => line.startsWith('{"agent"')),
    lines.filter((line) => line.includes(conversationId)),
  ];
  const end = lines.at(-1) ?? '';
  const half = await folder.write('half.jsonl', [lines[0], ...agents, ...rare.slice(0, 12), end].join('\n'));
  const whole = await folder.write('whole.jsonl', [lines[0], ...agents, ...rare, end].join('\n'));
  await fresh.run('import', 'baton', half);
  const ran = await fresh.run('import', 'baton', whole);
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  const { items } = await fresh.baton.api.conversations.list.query({});
  expect(items).toMatchObject([{ contactId: 'rare', status: 'abandoned', lastSeq: rare.length }]);
});

test('a conversation that the store refuses is named with its line and entry, and the others come in', async () => {
  await using fresh = await testCli();
  const { api } = fresh.baton;
  await api.conversations.create.mutate({ contactId: 'both', channel: 'web' });
  const ran = await fresh.run('import', 'baton', join(folder.path, 'source.jsonl'));
  expect(ran.exitCode).toBe(3);
  expect(ran.stderr).toMatch(/source\.jsonl:\d+  Entry 1: ALREADY_ACTIVE/);
  expect((await api.admin.stats.query()).conversations).toBeGreaterThan(22);
});

test('a follow-up that was completed before it was due cannot be completed again: its conversation says so', async () => {
  await using fresh = await testCli();
  const text = await readFile(join(folder.path, 'source.jsonl'), 'utf8');
  const early = text
    .replaceAll(/"dueAt":"20\d\d-/g, '"dueAt":"2098-')
    .replaceAll(/"finalAttemptAt":"20\d\d-/g, '"finalAttemptAt":"2099-');
  const ran = await fresh.run('import', 'baton', await folder.write('early.jsonl', early));
  expect(ran.exitCode).toBe(3);
  expect(ran.stderr).toMatch(/Entry \d+: Follow-up [0-9a-f]{24} could not be leased/);
});

test('business hours go along, and do not move what was due before they were set', async () => {
  await using fresh = await testCli();
  const businessHours = { timeZone: 'UTC', weekdays: [{ day: 1, from: '12:00', to: '12:01' }] };
  await source.baton.api.tenant.update.mutate({ businessHours });
  await source.run('export', join(folder.path, 'hours.jsonl'));
  await source.baton.api.tenant.update.mutate({ businessHours: null });
  await fresh.run('import', 'baton', join(folder.path, 'hours.jsonl'));
  await fresh.run('export', join(folder.path, 'hours-again.jsonl'));
  expect(await comparable('hours-again.jsonl')).toEqual(await comparable('hours.jsonl'));
  const own = { ...businessHours, timeZone: 'Europe/Berlin' };
  await fresh.baton.api.tenant.update.mutate({ businessHours: own });
  await fresh.run('import', 'baton', join(folder.path, 'hours.jsonl'));
  expect(await fresh.baton.api.tenant.get.query()).toMatchObject({ businessHours: own });
});

test('a timeline of more than one page is exported whole', async () => {
  await using fresh = await testCli();
  const { api } = fresh.baton;
  const { id: conversationId } = await api.conversations.create.mutate({ contactId: 'long', channel: 'web' });
  for (let turn = 0; turn < 6; turn += 1) {
    const messages = Array.from({ length: 100 }, (_, index) => ({
      clientMessageId: `${turn}-${index}`,
      author: { kind: 'customer' as const },
      text: `Line ${turn}-${index}`,
    }));
    await api.messages.appendTurn.mutate({ conversationId, messages });
  }
  expect(await fresh.json('export', join(folder.path, 'long.jsonl'))).toMatchObject({
    conversations: 1,
    entries: 601,
  });
});

test('a file that is no archive is refused', async () => {
  const file = await folder.write('other.jsonl', '{"some":"thing"}\n');
  expect(await target.run('import', 'baton', file)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('no Baton archive'),
  });
});

test('the simulation tells nothing twice with one seed, and other people with another', async () => {
  const stats = () => source.baton.api.admin.stats.query();
  const before = await stats();
  expect(await source.json('simulate', '--conversations', '22', '--seed', '5')).toMatchObject({
    told: 0,
    known: 22,
  });
  expect(await stats()).toEqual(before);
  await source.baton.api.agents.update.mutate({ id: 'closer', availability: 'available', capacity: null });
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
  const ran = await target.run('simulate', '--conversations', '2', '--live', '--seconds', '1');
  expect(ran).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Checked: nobody spoke out of turn'),
  });
  expect(await target.json('simulate', '--conversations', '1', '--live', '--seconds', '1')).toHaveProperty(
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
