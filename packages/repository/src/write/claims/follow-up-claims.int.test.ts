import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  claim,
  database,
  FAR_AWAY,
  heartbeat,
  newTenant,
  only,
  schedule,
  scenario,
  useFollowUpStore,
} from '../../../test/follow-ups.ts';
import { CLOSER, SUPERVISOR } from '../../../test/scenario.ts';
import { connect } from '../../connection/connection.ts';
import { openStore } from '../../store.ts';
import { leaseOf } from './lease.ts';

useFollowUpStore();

describe('Under a key', () => {
  const remembered = async (key: string) => {
    const { idempotency } = scenario.collections;
    const [record] = await idempotency.acrossTenants('test').find({ '_id.key': key }).toArray();
    return JSON.stringify(record);
  };

  it('a claim gives the same leases again, of the follow-ups as they are now, and keeps no word of them', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId, { context: 'Her card was refused' });
    const { id: other } = await schedule(tenantId, { context: 'Her card was refused' });
    const claimAgain = () => claim(tenantId, { limit: 2, idempotencyKey: `claim-${id}` });
    const first = await claimAgain();
    expect(first.map(({ followUp }) => followUp.id).toSorted()).toEqual([id, other].toSorted());
    expect(await claimAgain()).toEqual(first);
    const kept = await remembered(`claim-${id}`);
    expect(kept).toContain(first[0]?.leaseToken);
    expect(kept).not.toContain('card');
    await scenario.run('followUps.cancel', { followUpId: id }, tenantId);
    const again = await claimAgain();
    expect(again.map(({ leaseToken }) => leaseToken)).toEqual(first.map(({ leaseToken }) => leaseToken));
    expect(again.find(({ followUp }) => followUp.id === id)?.followUp.status).toBe('cancelled');
  });

  it('a heartbeat gives its first answer again, and keeps no word', async () => {
    const tenantId = await newTenant();
    const { id: followUpId } = await schedule(tenantId, { context: 'Her card was refused' });
    const { leaseToken } = await only(claim(tenantId));
    const beat = () => heartbeat(tenantId, { followUpId, leaseToken, idempotencyKey: `beat-${followUpId}` });
    const first = await beat();
    expect(await beat()).toEqual(first);
    expect(await remembered(`beat-${followUpId}`)).not.toContain('card');
  });
});

describe('A claim', () => {
  it('gives the most urgent first, and of those the longest due', async () => {
    const tenantId = await newTenant();
    await schedule(tenantId, { context: 'low', priority: 'low' });
    await schedule(tenantId, { context: 'high, later', priority: 'high', dueAt: '2026-01-02T00:00:00.000Z' });
    await schedule(tenantId, { context: 'medium', priority: 'medium' });
    await schedule(tenantId, { context: 'high', priority: 'high' });
    await schedule(tenantId, { context: 'not yet', priority: 'high', dueAt: FAR_AWAY });
    const three = await claim(tenantId, { limit: 3 });
    expect(three.map(({ followUp }) => followUp.context)).toEqual(['high', 'high, later', 'medium']);
    expect((await claim(tenantId, { limit: 3 })).map(({ followUp }) => followUp.context)).toEqual(['low']);
    expect(await claim(tenantId, { limit: 3 })).toEqual([]);
  });

  it('gives each follow-up to one worker, however many ask at once', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (let index = 0; index < 40; index += 1) await schedule(tenantId, {}, conversationId);
    const workers = Array.from({ length: 12 }, async () => claim(tenantId, { limit: 5 }));
    const claimed = (await Promise.all(workers)).flat();
    expect(claimed).toHaveLength(40);
    expect(new Set(claimed.map(({ followUp }) => followUp.id)).size).toBe(40);
    expect(new Set(claimed.map(({ leaseToken }) => leaseToken)).size).toBe(40);
  });

  it('finds work for each of many workers that ask for one', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (let index = 0; index < 20; index += 1) await schedule(tenantId, {}, conversationId);
    const claimed = await Promise.all(Array.from({ length: 20 }, () => claim(tenantId)));
    expect(claimed.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(new Set(claimed.flat().map(({ followUp }) => followUp.id)).size).toBe(20);
  });

  it('asked for together gives each its own time, and the first who asked the most urgent', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (const priority of ['low', 'high', 'medium'] as const)
      await schedule(tenantId, { priority }, conversationId);
    const before = Date.now();
    const claimed = await Promise.all([
      only(claim(tenantId, { leaseMs: 10_000 })),
      only(claim(tenantId, { leaseMs: 3_600_000 })),
      only(claim(tenantId, { leaseMs: 10_000 })),
    ]);
    expect(claimed.map(({ followUp }) => followUp.priority)).toEqual(['high', 'medium', 'low']);
    const lasts = claimed.map(({ leaseUntil }) => Math.round((Date.parse(leaseUntil) - before) / 10_000));
    expect(lasts).toEqual([1, 360, 1]);
  });

  it('from several servers gives nothing twice, and leaves nothing', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    const collection = scenario.collections.follow_ups.acrossTenants('test');
    const { id } = await schedule(tenantId, {}, conversationId);
    const { _id, ...kept } = (await collection.findOne({ _id: new ObjectId(id) })) ?? {};
    await collection.insertMany(Array.from({ length: 1_999 }, () => ({ ...kept, _id: new ObjectId() })));
    await using other = await connect(database.uri);
    const stores = [scenario.store, openStore(other)];
    const claimed: string[] = [];
    await Promise.all(
      Array.from({ length: 64 }, async (_, worker) => {
        for (;;) {
          const [one, ...more] = await claim(tenantId, { leaseMs: 600_000 }, stores[worker % 2]);
          expect(more).toEqual([]);
          if (one === undefined) return;
          claimed.push(one.followUp.id);
        }
      }),
    );
    expect(claimed).toHaveLength(2_000);
    expect(new Set(claimed).size).toBe(2_000);
  });

  it('holds for as long as was asked, on the clock of mongod', async () => {
    const tenantId = await newTenant();
    await schedule(tenantId);
    const before = Date.now();
    const { leaseUntil } = await only(claim(tenantId, { leaseMs: 60_000 }));
    expect(Date.parse(leaseUntil)).toBeGreaterThanOrEqual(before + 59_000);
    expect(Date.parse(leaseUntil)).toBeLessThanOrEqual(Date.now() + 61_000);
  });

  it('takes over from a worker that died', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const dead = await only(claim(tenantId, { leaseMs: 1_000 }));
    expect(await claim(tenantId)).toEqual([]);
    await sleep(1_100);
    expect(await leaseOf(scenario.collections, tenantId, id)).toEqual({
      token: dead.leaseToken,
      isLive: false,
    });
    const next = await only(claim(tenantId));
    expect(next.followUp.id).toBe(id);
    expect(next.leaseToken).not.toBe(dead.leaseToken);
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken: dead.leaseToken })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
  });

  it("for one assignee leaves others' follow-ups alone", async () => {
    const tenantId = await newTenant();
    await schedule(tenantId);
    const mine = await schedule(tenantId, { assignee: CLOSER });
    const { followUp } = await only(claim(tenantId, { limit: 10, assignee: CLOSER }));
    expect(followUp.id).toBe(mine.id);
  });

  it('gives the one that it names, though it is not due yet, and only where nobody has it', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId, { dueAt: FAR_AWAY, assignee: CLOSER });
    await schedule(tenantId, { priority: 'high' });
    expect(await claim(tenantId, { followUpId: id, assignee: SUPERVISOR })).toEqual([]);
    const { followUp, leaseToken } = await only(claim(tenantId, { followUpId: id }));
    expect(followUp.id).toBe(id);
    expect(await leaseOf(scenario.collections, tenantId, id)).toEqual({ token: leaseToken, isLive: true });
    expect(await claim(tenantId, { followUpId: id })).toEqual([]);
    await scenario.run('followUps.complete', { followUpId: id, leaseToken }, tenantId);
    expect(await claim(tenantId, { followUpId: id })).toEqual([]);
    await expect(claim(await newTenant(), { followUpId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('never gives the work of another tenant', async () => {
    await schedule(await newTenant());
    expect(await claim(await newTenant(), { limit: 10 })).toEqual([]);
  });
});
