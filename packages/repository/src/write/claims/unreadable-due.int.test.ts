import { Refusal } from '@baton/domain';
import { type FollowUp, type TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import {
  claim,
  FAR_AWAY,
  find,
  LONG_AGO,
  newTenant,
  only,
  schedule,
  scenario,
  useFollowUpStore,
} from '../../../test/follow-ups.ts';
import { expireFollowUps, LATE_REPORT_MS } from '../../maintenance/follow-up-expiry.ts';
import { Unsettled } from './unsettled.ts';

useFollowUpStore();

/** Copies of a follow-up, due before it, with other fields. */
async function copies({ id }: FollowUp, count: number, changes: object): Promise<void> {
  const collection = scenario.collections.follow_ups.acrossTenants('test');
  const document = await collection.findOne({ _id: new ObjectId(id) });
  const all = Array.from({ length: count }, (_, index) => ({
    ...document,
    dueAt: new Date(Date.parse('2025-01-01') + index),
    ...changes,
    _id: new ObjectId(),
  }));
  await collection.insertMany(all, { bypassDocumentValidation: true });
}

const ofNewerVersion = { type: 'of_a_newer_version' };
/** Claimed by a worker that did not report, in a conversation that cannot be read. */
const lapsed = (agoMs = 1) => ({
  conversationId: new ObjectId(),
  lease: { token: 'lost', until: new Date(Date.now() - agoMs), assignee: null },
});
/** Tried once, and too late for another time. */
const ended = { conversationId: new ObjectId(), attempts: 1, maxAttempts: 3, finalAttemptAt: new Date(1) };

const claims: [how: string, claimOne: (tenantId: TenantId) => ReturnType<typeof claim>][] = [
  ['', (tenantId) => claim(tenantId)],
  [' under a key', (tenantId) => claim(tenantId, { idempotencyKey: `key-${tenantId}` })],
];

test.each(claims)('many due ones that cannot be read keep nobody from the others%s', async (_, claimOne) => {
  const tenantId = await newTenant();
  const followUp = await schedule(tenantId);
  await copies(followUp, 1_200, ofNewerVersion);
  expect(await only(claimOne(tenantId))).toMatchObject({ followUp: { id: followUp.id } });
});

test.each(claims)('many retries that cannot be ended keep nobody from the others%s', async (_, claimOne) => {
  const tenantId = await newTenant();
  const followUp = await schedule(tenantId);
  await copies(followUp, 130, ended);
  expect(await only(claimOne(tenantId))).toMatchObject({ followUp: { id: followUp.id } });
});

test.each(claims)(
  'many lost leases that cannot be counted keep nobody from the others%s',
  async (_, claimOne) => {
    const tenantId = await newTenant();
    const followUp = await schedule(tenantId);
    await only(claim(tenantId));
    await copies(followUp, 130, lapsed(5_000));
    await scenario.collections.follow_ups
      .acrossTenants('test')
      .updateOne({ _id: new ObjectId(followUp.id) }, { $set: { 'lease.until': new Date(Date.now() - 1) } });
    expect(await only(claimOne(tenantId))).toMatchObject({ attempt: 2, followUp: { id: followUp.id } });
  },
);

test('a look for lost leases goes on past those that could not be counted a moment ago', async () => {
  const tenantId = await newTenant();
  const followUp = await schedule(tenantId, { dueAt: LONG_AGO, finalAttemptAt: FAR_AWAY });
  await copies(followUp, 3, lapsed(LATE_REPORT_MS * 2));
  const tried: string[] = [];
  const refuse = async (_: TenantId, id: string) => {
    tried.push(id);
    throw new Refusal('UNREADABLE', 'It cannot be read');
  };
  const unsettled = new Unsettled();
  const expire = () => expireFollowUps(scenario.collections, refuse, unsettled);
  expect(await expire()).toBe(0);
  expect(tried).toHaveLength(3);
  expect(await expire()).toBe(0);
  expect(tried).toHaveLength(3);
  expect(await find(tenantId, followUp)).toMatchObject({ status: 'open', dueAt: LONG_AGO });
});
