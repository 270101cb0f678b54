import { type ConversationId, ExportConversations, RestoreConversation, type TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Recomputed } from '../../test/recomputed-metrics.ts';
import { CLOSER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { adminQueries } from '../read/admin.ts';
import { metricsQueries } from '../read/metrics/metrics.ts';
import { countConversations } from '../rollup/roll-up.ts';
import { Tally } from '../rollup/tally.ts';
import { writeTally } from '../rollup/write-tally.ts';
import { byId, type Collections, openCollections } from '../schema/open-collections.ts';
import { withLease } from './leases.ts';
import { migrate } from './migrations.ts';
import { rebuildRollUps } from './rebuild-roll-ups.ts';
import { fillRollUps, rollUps } from './roll-ups.ts';

const MINUTE_MS = 60_000;
const WELL = { conversations: 0, buckets: 0 };

let scenario: Scenario;
let collections: Collections;
let tenantId: TenantId;
/** How far the clock has been moved on. */
let later = 0;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ tenantId } = scenario);
  const { clock, db } = scenario.collections;
  collections = openCollections(db, {
    clock: { now: () => clock.now() + later, ready: () => clock.ready() },
  });
});

beforeEach(async () => {
  later = 0;
  await empty();
  await fillRollUps(collections);
});

afterAll(() => scenario[Symbol.asyncDispose]());

const WRITTEN = ['conversations', 'timeline', 'handoffs', 'objections', 'active_conversations'] as const;
const KEPT = [
  'metrics_buckets',
  'metrics_spans',
  'counted_conversations',
  'late_writes',
  'progress',
] as const;

async function empty(): Promise<void> {
  await Promise.all(
    [...WRITTEN, ...KEPT].map((name) => collections[name].acrossTenants('test').deleteMany({})),
  );
}

/** A sale of some days, in January. */
async function sell(contactId: string): Promise<ConversationId> {
  scenario.at('2026-01-05T09:30:00.000Z');
  const { id } = await scenario.create({ contactId });
  await scenario.say(id, 'Hi');
  scenario.wait(200);
  await scenario.say(id, 'Hello', SUPERVISOR);
  await scenario.run('stages.transition', { conversationId: id, to: 'qualification' });
  scenario.wait(3_000);
  const handing = { from: SUPERVISOR, to: CLOSER, reason: 'Please', trigger: 'manual' as const };
  await scenario.run('handoffs.transfer', { conversationId: id, ...handing });
  await scenario.run('objections.raise', { conversationId: id, type: 'price', text: 'Hm', severity: 'low' });
  return id;
}

/** What a server of the version before does: it writes no marks. */
const forgetMarks = () => collections.late_writes.acrossTenants('test').deleteMany({});
const marks = () => collections.late_writes.acrossTenants('test').countDocuments({});
const counted = () => collections.counted_conversations.acrossTenants('test').find({}).toArray();
const messages = async () => (await metricsQueries.overview(collections, tenantId, {})).messages;

/** Of every procedure the figures of all time and of a period, beside those recomputed. */
async function expectRight(): Promise<void> {
  const recomputed = await Recomputed.read(collections, tenantId);
  for (const input of [{}, { from: '2026-01-05T09:31:30.000Z', to: '2026-01-07T12:01:00.000Z' }]) {
    const expected = recomputed(input);
    expect(await metricsQueries.overview(collections, tenantId, input)).toEqual(expected.overview());
    expect(await metricsQueries.funnel(collections, tenantId, input)).toEqual(expected.funnel());
    expect(await metricsQueries.agents(collections, tenantId, input)).toEqual(expected.agents());
  }
}

describe('Counting', () => {
  it('takes what is new, late or not, once', async () => {
    const rollUp = rollUps(collections);
    await sell('ann');
    expect(await marks()).toBeGreaterThan(0);
    expect(await rollUp()).toBe(7);
    expect(await marks()).toBe(0);
    const before = await counted();
    expect(before).toMatchObject([{ seq: 7, standing: { status: 'active', stage: 'qualification' } }]);
    later = 10 * MINUTE_MS;
    expect(await rollUp()).toBe(0);
    expect(await counted()).toEqual(before);
    await expectRight();
  });

  it('finds what a server of the version before has written, brought in or not', async () => {
    const rollUp = rollUps(collections);
    const id = await sell('ann');
    await forgetMarks();
    expect(await messages()).toBe(0);
    expect(await rollUp()).toBe(7);
    expect(await messages()).toBe(2);
    // Without `at` it is now, and is seen before it is counted.
    scenario.at(new Date().toISOString());
    await scenario.say(id, 'Still there?');
    await forgetMarks();
    expect(await messages()).toBe(3);
    later = 2 * MINUTE_MS;
    expect(await rollUp()).toBe(1);
    expect(await messages()).toBe(3);
  });

  it('finds what a server whose clock is off by an hour has written', async () => {
    const rollUp = rollUps(collections);
    await rollUp();
    const id = await sell('ann');
    await forgetMarks();
    // Its ids and its instants go by its clock.
    const hourAgo = Date.now() - 60 * MINUTE_MS;
    const entries = await collections.timeline.collection.find({ tenantId }).toArray();
    await collections.timeline.collection.deleteMany({ tenantId });
    await collections.timeline.collection.insertMany(
      entries.map((entry) => ({ ...entry, _id: new ObjectId(ObjectId.generate(hourAgo / 1_000)) })),
    );
    await collections.conversations
      .acrossTenants('test')
      .updateOne({ _id: new ObjectId(id) }, { $set: { updatedAt: new Date(hourAgo) } });
    later = 6 * MINUTE_MS;
    expect(await rollUp()).toBe(7);
  });

  it('reads again only the entries to which others were committed late', async () => {
    const collection = collections.timeline.acrossTenants('test');
    const rollUp = rollUps(collections);
    const create = () => scenario.create({ at: new Date().toISOString() });
    const { id: lateId } = await create();
    const late = await collection.find({ conversationId: new ObjectId(lateId) }).toArray();
    await collection.deleteMany({ conversationId: new ObjectId(lateId) });
    for (let count = 0; count < 3; count += 1) await create();
    expect(await rollUp()).toBe(3);
    const read = vi.spyOn(collection, 'aggregate');
    const ranges = () => read.mock.calls.map(([stages]) => stages?.[0]?.['$match']._id).filter(Boolean);
    later = 12_000;
    expect(await rollUp()).toBe(0);
    const second = Math.floor((Date.now() + later) / 1_000);
    // From where the look before ended.
    expect(ranges()).toHaveLength(1);
    expect(ranges()[0].$gte.getTimestamp().getTime() / 1_000).toBeGreaterThan(second - 20);

    const now = Math.floor(Date.now() / 1_000);
    await collection.insertMany(late.map((entry) => ({ ...entry, _id: ObjectId.createFromTime(now - 30) })));
    read.mockClear();
    later = 24_000;
    expect(await rollUp()).toBe(1);
    expect(ranges()).toHaveLength(2);
    expect(ranges()[0]).toHaveProperty('$lt');
    read.mockClear();
    later = 36_000;
    expect(await rollUp()).toBe(0);
    expect(ranges()).toHaveLength(1);
    read.mockRestore();
  });

  it('waits until there is more, or some seconds have passed', async () => {
    const rollUp = rollUps(collections);
    const { id } = await scenario.create({ at: new Date().toISOString() });
    expect(await rollUp()).toBe(1);
    scenario.at(new Date().toISOString());
    await scenario.run('messages.appendTurn', {
      conversationId: id,
      messages: Array.from({ length: 100 }, (_, index) => said(`first-${index}`)),
    });
    expect(await rollUp()).toBe(0);
    for (let turn = 0; turn < 10; turn += 1)
      await scenario.run('messages.appendTurn', {
        conversationId: id,
        at: new Date().toISOString(),
        messages: Array.from({ length: 100 }, (_, index) => said(`${turn}-${index}`)),
      });
    expect(await rollUp()).toBe(1_100);
    later = 5 * MINUTE_MS;
    expect(await rollUp()).toBe(0);
    later = 10 * MINUTE_MS;
    expect(await rollUp()).toBe(0);
  });

  it('is left to a process that does it already, and waits for the migration', async () => {
    await sell('ann');
    await withLease(collections.db, 'roll_ups', { holder: 'another', leaseMs: 30_000 }, async () => {
      expect(await rollUps(collections)()).toBe(0);
    });
    await collections.progress.collection.deleteMany({});
    await forgetMarks();
    expect(await rollUps(collections)()).toBe(0);
    expect(await messages()).toBe(2);
  });

  it('by two at once counts each entry once', async () => {
    for (const contact of ['ann', 'bob', 'cid']) await sell(contact);
    const both = await Promise.allSettled([fillRollUps(collections), fillRollUps(scenario.collections)]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await fillRollUps(collections);
    await expectRight();
    expect(await rebuildRollUps(collections)).toEqual(WELL);
  });

  it('is not seen half by those who ask meanwhile', async () => {
    for (const contact of ['ann', 'bob', 'cid', 'dan']) await sell(contact);
    let isOver = false;
    const asking = (async () => {
      const seen = new Set<number>();
      for (; !isOver;) seen.add(await messages());
      return seen;
    })();
    const ids = (await collections.conversations.acrossTenants('test').find({}).toArray()).map(
      ({ _id }) => _id,
    );
    for (const id of ids) await countConversations(scenario.collections, tenantId, [id]);
    isOver = true;
    expect(await asking).toEqual(new Set([8]));
  });

  it('of a conversation with more entries than fit a transaction goes on where it stopped', async () => {
    const { id } = await scenario.create();
    for (let turn = 0; turn < 85; turn += 1)
      await scenario.run('messages.appendTurn', {
        conversationId: id,
        messages: Array.from({ length: 100 }, (_, index) => said(`${turn}-${index}`)),
      });
    await fillRollUps(collections);
    expect(await counted()).toMatchObject([{ seq: 8_501 }]);
    expect(await messages()).toBe(8_500);
    expect(await rebuildRollUps(collections)).toEqual(WELL);
  }, 60_000);

  it('leaves the pieces of a conversation that is not restored whole to those who ask', async () => {
    const conversationId = await sell('ann');
    const { items } = await scenario.store.conversations.export(tenantId, ExportConversations.parse({}));
    await empty();
    await fillRollUps(collections);
    const restore = (entries: typeof items, more: boolean) =>
      scenario.store.restoreConversation(
        tenantId,
        RestoreConversation.parse({ conversationId, entries, more }),
      );
    await restore(items.slice(0, 4), true);
    await fillRollUps(collections);
    expect(await counted()).toHaveLength(0);
    const overview = () => metricsQueries.overview(collections, tenantId, {});
    expect(await overview()).toMatchObject({ conversations: 0, messages: 2 });
    expect(await marks()).toBe(1);
    await restore(items.slice(4), false);
    expect(await overview()).toMatchObject({ conversations: 1, messages: 2, handoffs: 1 });
    await fillRollUps(collections);
    expect(await marks()).toBe(0);
    expect(await overview()).toMatchObject({ conversations: 1, messages: 2, handoffs: 1 });
  });
});

const said = (clientMessageId: string) => ({
  clientMessageId,
  author: { kind: 'customer' as const },
  text: 'Hm',
});

describe('Counting of one tenant', () => {
  it('is not held up by conversations that are never restored whole', async () => {
    const abandoned = Array.from({ length: 1_100 }, () => ({ tenantId, conversationIds: [new ObjectId()] }));
    await collections.late_writes.collection.insertMany(abandoned);
    await sell('ann');
    expect(await rollUps(collections)()).toBe(7);
    expect(await marks()).toBe(1_100);
  });

  it('costs no other where it fails, and hides nothing', async () => {
    const other = await scenario.tenant('umbrella');
    const broken = {
      tenantId,
      level: 'all',
      at: new Date(0),
      part: 0,
      figures: { all: { stored: { entries: 'x' } } },
    };
    await collections.metrics_buckets.collection.insertOne(broken, { bypassDocumentValidation: true });
    await sell('ann');
    await forgetMarks();
    scenario.at('2026-01-05T09:30:00.000Z');
    await scenario.create({}, other);
    const rollUp = rollUps(collections);
    await expect(rollUp()).rejects.toThrow('Some figures cannot be counted');
    expect(await counted()).toMatchObject([{ tenantId: other }]);
    later = 3 * MINUTE_MS;
    expect(await messages()).toBe(2);
    await expect(rollUp()).rejects.toThrow(AggregateError);
    await collections.metrics_buckets.collection.deleteMany({ tenantId });
    expect(await rollUp()).toBe(7);
    expect(await marks()).toBe(0);
    await expectRight();
  });

  it('with a thousand agents keeps to documents of a few megabytes', async () => {
    const tally = new Tally();
    for (let agent = 0; agent < 1_000; agent += 1) {
      tally.add(0, 'web', 'answers', `agent_${agent}:count`, 100);
      tally.add(0, 'web', 'answers', `agent_${agent}:ms`, 1);
      for (let bin = 0; bin < 100; bin += 1) tally.add(0, 'web', 'answers', `agent_${agent}:${bin}`);
    }
    await collections.db.client.withSession((session) =>
      session.withTransaction(() => writeTally(collections, tenantId, tally, session)),
    );
    const sizes = await collections.metrics_buckets
      .acrossTenants('test')
      .aggregate<{ level: string; bytes: number }>([
        { $project: { level: 1, bytes: { $bsonSize: '$$ROOT' } } },
      ])
      .toArray();
    for (const { level, bytes } of sizes) expect(bytes).toBeLessThan(level === 'all' ? 200_000 : 2_000_000);
    const { all, byAgent } = await metricsQueries.responseTimes(collections, tenantId, {});
    expect(byAgent).toHaveLength(1_000);
    expect(all.count).toBe(100_000);
  });
});

describe('The migration', () => {
  it('counts what there is, and goes on where it was stopped', async () => {
    await sell('ann');
    await fillRollUps(collections);
    await sell('bob');
    await collections.progress.collection.deleteMany({});
    await collections.migrations.collection.deleteOne(byId('0008-roll-ups'));
    const progress: unknown[] = [];
    await migrate(collections.db, { onProgress: (step) => progress.push(step) });
    expect(progress).toContainEqual({ phase: 'documents', collection: 'counted_conversations', done: 2 });
    expect(await counted()).toHaveLength(2);
    expect(await marks()).toBe(0);
    await expectRight();
  });
});

describe('Rebuilding', () => {
  const damaged: [string, (id: ConversationId) => Promise<unknown>][] = [
    [
      'a bucket',
      () => set('metrics_buckets', { level: 'day' }, { $inc: { 'figures.all.totals.messages': 3 } }),
    ],
    ['a span', () => set('metrics_spans', { level: 'hour' }, { $set: { figures: {} } })],
    [
      'a bucket that is gone',
      () => collections.metrics_buckets.acrossTenants('test').deleteOne({ level: 'all' }),
    ],
    [
      'a bucket of nothing',
      () =>
        collections.metrics_buckets.collection.insertOne({
          tenantId,
          level: 'hour',
          at: new Date(0),
          part: 0,
          figures: { all: { totals: { messages: 1 } } },
        }),
    ],
  ];

  it.each(damaged)('finds %s that does not say what the timelines say, and mends it', async (_, damage) => {
    await fillRollUps(collections);
    const id = await sell('ann');
    await fillRollUps(collections);
    expect(await rebuildRollUps(collections)).toEqual(WELL);
    await damage(id);
    expect(await rebuildRollUps(collections)).toEqual({ conversations: 0, buckets: 1 });
    await expectRight();
    expect(await rebuildRollUps(collections)).toEqual(WELL);
  });

  it('finds a conversation that is counted wrongly', async () => {
    const id = await sell('ann');
    await fillRollUps(collections);
    await set(
      'counted_conversations',
      { _id: new ObjectId(id) },
      { $set: { 'standing.stage': 'closing', owner: null } },
    );
    expect(await rebuildRollUps(collections)).toEqual({ conversations: 1, buckets: 0 });
    expect(await rebuildRollUps(collections)).toEqual(WELL);
  });

  it('finds what nobody has counted: a server of the version before wrote it long ago', async () => {
    await sell('ann');
    await forgetMarks();
    later = 100 * MINUTE_MS;
    await fillRollUps(collections);
    expect(await adminQueries.stats(collections, tenantId, {})).toMatchObject({
      conversations: 1,
      entries: 7,
    });
  });
});

const set = (
  name: 'metrics_buckets' | 'metrics_spans' | 'counted_conversations',
  filter: Document,
  update: Document,
) => collections[name].collection.updateOne({ tenantId, ...filter }, update);
