import { timestamp } from '@baton/schema';
import { createBaton } from '@baton/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { FollowUpLeases } from './follow-up-leases.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
});

afterAll(() => cli[Symbol.asyncDispose]());

async function schedule(contactId: string, dueAt: string) {
  const { api } = cli.baton;
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId,
    channel: 'web',
    at: '2026-01-01T00:00:00.000Z',
  });
  const { followUp } = await api.followUps.schedule.mutate({ conversationId, type: 'nurture', dueAt });
  return followUp.id;
}

const DUE = '2026-01-02T00:00:00.000Z';

test('two follow-ups of one run are both leased, although one claim takes them both', async () => {
  const { api } = cli.baton;
  const leases = new FollowUpLeases(api);
  const ids = [await schedule('one', DUE), await schedule('two', DUE)];
  for (const followUpId of ids) {
    const leaseToken = (await leases.acquire(followUpId)) ?? '';
    const { followUp } = await api.followUps.complete.mutate({ followUpId, leaseToken });
    expect(followUp.status).toBe('completed');
  }
});

test('a lease that a snooze has ended is taken anew', async () => {
  const { api } = cli.baton;
  const leases = new FollowUpLeases(api);
  const [first, second] = [await schedule('three', DUE), await schedule('four', DUE)];
  await leases.acquire(first);
  await api.followUps.snooze.mutate({ followUpId: second, until: '2026-01-03T00:00:00.000Z' });
  const leaseToken = (await leases.acquire(second)) ?? '';
  const { followUp } = await api.followUps.complete.mutate({ followUpId: second, leaseToken });
  expect(followUp.status).toBe('completed');
});

test('what is not due yet cannot be leased', async () => {
  const leases = new FollowUpLeases(cli.baton.api);
  const later = await schedule('five', timestamp(Date.now() + 3_600_000));
  expect(await leases.acquire(later)).toBeNull();
});

test('a server that refuses says so', async () => {
  const { api } = createBaton({ url: cli.url, apiKey: 'wrong' });
  await expect(new FollowUpLeases(api).acquire(await schedule('six', DUE))).rejects.toThrow(/API key/);
});
