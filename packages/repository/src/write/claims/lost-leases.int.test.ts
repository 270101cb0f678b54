import { setTimeout as sleep } from 'node:timers/promises';
import { timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import {
  actions,
  claim,
  find,
  FAR_AWAY,
  heartbeat,
  lapse,
  LONG_AGO,
  newTenant,
  only,
  runNow,
  schedule,
  scenario,
  useFollowUpStore,
} from '../../../test/follow-ups.ts';
import { expireFollowUps, LATE_REPORT_MS } from '../../maintenance/follow-up-expiry.ts';
import { rebuild } from '../../maintenance/rebuild.ts';

useFollowUpStore();

const LOST = 'The lease was lost: its worker did not report in time';

describe('A claim that nobody reports', () => {
  it('is an attempt, and the next worker is told which one it makes', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId);
    const first = await only(claim(tenantId));
    expect(first).toMatchObject({ attempt: 1, followUp: { attempts: 0 } });
    await lapse(followUp);
    const second = await only(claim(tenantId));
    expect(second).toMatchObject({ attempt: 2, followUp: { attempts: 1, lastError: LOST, dueAt: LONG_AGO } });
    const { leaseToken } = second;
    expect(await heartbeat(tenantId, { followUpId: followUp.id, leaseToken })).toMatchObject({ attempt: 2 });
    await runNow('followUps.complete', { followUpId: followUp.id, leaseToken }, tenantId);
    expect(await find(tenantId, followUp)).toMatchObject({
      status: 'completed',
      attempts: 2,
      lastError: null,
    });
    expect(await actions(tenantId, followUp)).toEqual(['scheduled', 'failed', 'completed']);
  });

  it('each time makes the follow-up dead after its last attempt, with the reason', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId, { maxAttempts: 2 });
    for (const attempt of [1, 2]) {
      expect(await only(claim(tenantId))).toMatchObject({ attempt });
      await lapse(followUp);
    }
    expect(await claim(tenantId)).toEqual([]);
    const dead = { status: 'dead', attempts: 2, lastError: LOST };
    expect(await find(tenantId, followUp)).toMatchObject(dead);
    expect(await actions(tenantId, followUp)).toEqual(['scheduled', 'failed', 'dead']);
    const { conversation } = await runNow(
      'conversations.update',
      { conversationId: followUp.conversationId, tags: ['seen'] },
      tenantId,
    );
    expect(conversation).toMatchObject({ followUps: [], nextFollowUpAt: null });
    expect((await rebuild(scenario.collections)).differences).toEqual([]);
  });

  it('counts together with reported failures, and survives a snooze', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId, { maxAttempts: 3 });
    const { id: followUpId } = followUp;
    await claim(tenantId);
    await lapse(followUp);
    const { leaseToken } = await only(claim(tenantId));
    await runNow('followUps.fail', { followUpId, leaseToken, error: 'Busy' }, tenantId);
    await runNow('followUps.snooze', { followUpId, until: LONG_AGO }, tenantId);
    expect(await only(claim(tenantId))).toMatchObject({ attempt: 3, followUp: { lastError: 'Busy' } });
    await lapse(followUp);
    expect(await claim(tenantId)).toEqual([]);
    expect(await find(tenantId, followUp)).toMatchObject({ status: 'dead', attempts: 3, lastError: LOST });
  });

  it('is counted before one that is named is claimed, and before a claim under a key', async () => {
    const tenantId = await newTenant();
    const named = await schedule(tenantId, { maxAttempts: 2 });
    const claimNamed = () => claim(tenantId, { followUpId: named.id });
    await claimNamed();
    expect(await claimNamed()).toEqual([]);
    await lapse(named);
    expect(await only(claimNamed())).toMatchObject({ attempt: 2 });
    await lapse(named);
    expect(await claimNamed()).toEqual([]);
    expect(await find(tenantId, named)).toMatchObject({ status: 'dead', attempts: 2 });

    const keyed = await schedule(tenantId, { maxAttempts: 2 });
    const claimKeyed = (attempt: number) => claim(tenantId, { idempotencyKey: `${keyed.id}-${attempt}` });
    const first = await claimKeyed(1);
    await lapse(keyed);
    // The same claim again is no new attempt, and changes nothing.
    expect(await claimKeyed(1)).toEqual(first);
    expect(await only(claimKeyed(2))).toMatchObject({ attempt: 2 });
    await lapse(keyed);
    expect(await claimKeyed(3)).toEqual([]);
    expect(await find(tenantId, keyed)).toMatchObject({ status: 'dead', attempts: 2 });
  });

  it('does not keep others from their work, however many there are', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (let count = 0; count < 30; count += 1) await schedule(tenantId, { maxAttempts: 1 }, conversationId);
    await claim(tenantId, { limit: 30 });
    const lapsed = { $set: { 'lease.until': new Date(Date.now() - 1) } };
    await scenario.collections.follow_ups.collection.updateMany({ tenantId }, lapsed);
    const { id } = await schedule(tenantId, {}, (await scenario.create({}, tenantId)).id);
    const claimed = await Promise.all([claim(tenantId), claim(tenantId), claim(tenantId)]);
    expect(claimed.flat().map(({ followUp }) => followUp.id)).toEqual([id]);
    const dead = { tenantId, status: 'dead', attempts: 1 };
    expect(await scenario.collections.follow_ups.collection.countDocuments(dead)).toBe(30);
  });
});

describe('The last instant of a follow-up', () => {
  it('lets a first claim come late, and no second', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId, { finalAttemptAt: LONG_AGO });
    expect(await only(claim(tenantId))).toMatchObject({ attempt: 1 });
    await lapse(followUp);
    expect(await claim(tenantId)).toEqual([]);
    expect(await find(tenantId, followUp)).toMatchObject({ status: 'dead', attempts: 1, lastError: LOST });
  });

  it('ends a retry that nobody made in time', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId, { finalAttemptAt: timestamp(Date.now() + 400) });
    const { leaseToken } = await only(claim(tenantId));
    const failure = {
      followUpId: followUp.id,
      leaseToken,
      error: 'Busy',
      retryAt: timestamp(Date.now() + 200),
    };
    await runNow('followUps.fail', failure, tenantId);
    await sleep(450);
    expect(await claim(tenantId)).toEqual([]);
    expect(await find(tenantId, followUp)).toMatchObject({ status: 'dead', attempts: 1, lastError: 'Busy' });
  });
});

describe('A report after the lease has run out', () => {
  it('counts while nobody has claimed the follow-up', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    await lapse(followUp, LATE_REPORT_MS - 5_000);
    expect(await scenario.store.expireFollowUps()).toBe(0);
    await runNow('followUps.complete', { followUpId: followUp.id, leaseToken, outcome: 'Sent' }, tenantId);
    expect(await find(tenantId, followUp)).toMatchObject({
      status: 'completed',
      attempts: 1,
      outcome: 'Sent',
    });
    expect(await actions(tenantId, followUp)).toEqual(['scheduled', 'completed']);
  });

  it('is refused once another has it, or its attempt is counted', async () => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId);
    const report = (leaseToken: string) =>
      runNow('followUps.complete', { followUpId: followUp.id, leaseToken }, tenantId);
    const first = await only(claim(tenantId));
    await lapse(followUp);
    const second = await only(claim(tenantId));
    await expect(report(first.leaseToken)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await lapse(followUp, LATE_REPORT_MS + 1_000);
    expect(await scenario.store.expireFollowUps()).toBe(1);
    await expect(report(second.leaseToken)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await find(tenantId, followUp)).toMatchObject({ status: 'open', attempts: 2, lastError: LOST });
  });
});

describe('Without any worker', () => {
  it('every tenant’s claims are counted a minute after their lease, once by all servers', async () => {
    const tenants = [await newTenant(), await newTenant()];
    const made = await Promise.all(
      tenants.map(async (tenantId) => {
        const killer = await schedule(tenantId, { maxAttempts: 1 });
        const other = await schedule(tenantId, { dueAt: FAR_AWAY });
        for (const { id: followUpId } of [killer, other]) await only(claim(tenantId, { followUpId }));
        await lapse(killer, LATE_REPORT_MS + 1_000);
        return { tenantId, killer, other };
      }),
    );
    const counts = await Promise.all([1, 2, 3].map(() => scenario.store.expireFollowUps()));
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
    for (const { tenantId, killer, other } of made) {
      expect(await find(tenantId, killer)).toMatchObject({ status: 'dead', attempts: 1, lastError: LOST });
      expect(await find(tenantId, other)).toMatchObject({ status: 'open', attempts: 0 });
    }
  });

  it('one claim that cannot be counted does not keep back the others, and its fault is told', async () => {
    const tenantId = await newTenant();
    const [broken, other] = [await schedule(tenantId), await schedule(tenantId)];
    await claim(tenantId, { limit: 2 });
    for (const followUp of [broken, other]) await lapse(followUp, LATE_REPORT_MS + 1_000);
    const counted: string[] = [];
    const counting = expireFollowUps(scenario.collections, async (_, id) => {
      if (id === broken.id) throw new Error('disk full');
      counted.push(id);
    });
    await expect(counting).rejects.toMatchObject({ errors: [{ message: 'disk full' }] });
    expect(counted).toEqual([other.id]);
    expect(await scenario.store.expireFollowUps()).toBe(2);
  });
});
