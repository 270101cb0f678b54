import { timestamp } from '@baton/schema';
import { createBaton } from '@baton/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { leaseFollowUp } from './lease-follow-up.ts';

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

test('a lease is on this follow-up alone: others that are due stay free for their workers', async () => {
  const { api } = cli.baton;
  const [followUpId, other] = [await schedule('one', DUE), await schedule('two', DUE)];
  const leaseToken = (await leaseFollowUp(api, followUpId)) ?? '';
  expect(await api.followUps.claim.mutate({ limit: 10 })).toMatchObject([{ followUp: { id: other } }]);
  const { followUp } = await api.followUps.complete.mutate({ followUpId, leaseToken });
  expect(followUp).toMatchObject({ status: 'completed', attempts: 1 });
});

test('what another works on, or has ended, cannot be leased; what is not due yet can', async () => {
  const { api } = cli.baton;
  const later = await schedule('three', timestamp(Date.now() + 3_600_000));
  expect(await leaseFollowUp(api, later)).toEqual(expect.any(String));
  expect(await leaseFollowUp(api, later)).toBeNull();
  await api.followUps.cancel.mutate({ followUpId: later });
  expect(await leaseFollowUp(api, later)).toBeNull();
});

test('a server that refuses says so', async () => {
  const { api } = createBaton({ url: cli.url, apiKey: 'wrong' });
  await expect(leaseFollowUp(api, await schedule('six', DUE))).rejects.toThrow(/API key/);
});
