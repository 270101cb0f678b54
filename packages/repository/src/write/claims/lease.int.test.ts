import { type Command, FollowUpId, timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import {
  claim,
  heartbeat,
  newTenant,
  only,
  schedule,
  scenario,
  useFollowUpStore,
} from '../../../test/follow-ups.ts';
import { ReadGate } from '../../fairness/read-gate.ts';
import { TenantActivity } from '../../fairness/tenant-activity.ts';
import { Committer } from '../committer.ts';
import { leaseOf } from './lease.ts';

useFollowUpStore();

describe('A lease', () => {
  it('is the token that completes the work', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    expect(await leaseOf(scenario.collections, tenantId, id)).toEqual({ token: leaseToken, isLive: true });
    const { conversation } = await scenario.run(
      'followUps.complete',
      { followUpId: id, leaseToken },
      tenantId,
    );
    expect(conversation.followUps).toEqual([]);
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
  });

  it('ends when the follow-up is changed by somebody else', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    await scenario.run(
      'followUps.snooze',
      { followUpId: id, until: timestamp(Date.now() + 60_000) },
      tenantId,
    );
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    expect(await claim(tenantId)).toEqual([]);
  });

  it('ends with the first of two reports that are committed together', async () => {
    const tenantId = await newTenant();
    const { id: followUpId, conversationId } = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    const activity = new TenantActivity();
    const reads = new ReadGate(10, activity);
    const { collections } = scenario;
    const committer = new Committer({ client: collections.db.client, collections, reads, activity });
    const report = (command: Command) =>
      committer.submit({
        tenantId,
        conversationId,
        command,
        actor: { kind: 'system' },
        mayForce: false,
        id: 'f'.repeat(24),
        key: null,
      });
    // Commands of one conversation that are submitted together are one batch.
    const [failed, completed] = await Promise.allSettled([
      report({ type: 'followUps.fail', input: { followUpId, leaseToken, error: 'No answer' } }),
      report({ type: 'followUps.complete', input: { followUpId, leaseToken } }),
    ]);
    expect(failed.status).toBe('fulfilled');
    expect(completed).toMatchObject({ status: 'rejected', reason: { code: 'LEASE_LOST' } });
  });

  it('is extended by a heartbeat, and by nothing else', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const { leaseToken, leaseUntil } = await only(claim(tenantId, { leaseMs: 1_000 }));
    const extended = await heartbeat(tenantId, { followUpId: id, leaseToken, leaseMs: 60_000 });
    expect(extended).toMatchObject({ followUp: { id }, leaseToken });
    expect(Date.parse(extended.leaseUntil)).toBeGreaterThan(Date.parse(leaseUntil) + 50_000);
    const stolen = heartbeat(tenantId, { followUpId: id, leaseToken: 'a guess' });
    await expect(stolen).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('of what does not exist, or is not the tenant’s, is not found', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(await newTenant());
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken: 'a' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const unknown = FollowUpId.parse('f'.repeat(24));
    expect(await leaseOf(scenario.collections, tenantId, unknown)).toBeNull();
    expect(await leaseOf(scenario.collections, tenantId, id)).toBeNull();
  });
});
