import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let api: TestServer['baton']['api'];

beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
});
afterAll(() => server[Symbol.asyncDispose]());

async function conversation(): Promise<string> {
  return (await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

const LATER = '2040-01-01T00:00:00.000Z';

/** A follow-up that is due, of an agent of its own so that no other test claims it. */
async function due(more: object = {}) {
  const assignee = `worker_${newContact().replaceAll('-', '_')}`;
  await api.agents.register.mutate({ id: assignee, kind: 'ai' });
  const dueAt = new Date(Date.now() - 1_000).toISOString();
  const { followUp } = await api.followUps.schedule.mutate({
    conversationId: await conversation(),
    type: 'nurture',
    dueAt,
    finalAttemptAt: LATER,
    assignee,
    ...more,
  });
  return { followUp, assignee };
}

describe('a follow-up', () => {
  test('is scheduled at an instant, or at a local time', async () => {
    const conversationId = await conversation();
    const {
      followUp,
      conversation: after,
      entries,
    } = await api.followUps.schedule.mutate({
      conversationId,
      type: 'close_attempt',
      dueAt: '2030-06-01T00:00:00.000Z',
    });
    expect(followUp).toMatchObject({
      conversationId,
      status: 'open',
      priority: 'medium',
      maxAttempts: 3,
      attempts: 0,
      finalAttemptAt: '2030-06-08T00:00:00.000Z',
      assignee: null,
    });
    expect(after).toMatchObject({ nextFollowUpAt: followUp.dueAt, followUps: [followUp] });
    expect(entries).toMatchObject([{ kind: 'follow_up', action: 'scheduled' }]);
    const local = await api.followUps.schedule.mutate({
      conversationId,
      type: 'nurture',
      dueAt: { localTime: '2030-07-01T09:00', timeZone: 'Europe/Berlin' },
    });
    expect(local.followUp).toMatchObject({ dueAt: '2030-07-01T07:00:00.000Z', timeZone: 'Europe/Berlin' });
    expect((await api.followUps.list.query({ conversationId })).items).toHaveLength(2);
  });

  test('is refused for nobody, or with its last attempt before its first', async () => {
    const conversationId = await conversation();
    const schedule = (more: object) =>
      api.followUps.schedule.mutate({
        conversationId,
        type: 'nurture',
        dueAt: '2030-06-01T00:00:00.000Z',
        ...more,
      });
    expect(await refusalOf(schedule({ assignee: 'nobody' }))).toMatchObject({
      code: 'UNKNOWN_AGENT',
      status: 412,
      details: { agentId: 'nobody' },
    });
    expect(await refusalOf(schedule({ finalAttemptAt: '2030-05-01T00:00:00.000Z' }))).toMatchObject({
      code: 'INVALID_INPUT',
      status: 400,
    });
  });

  test('is snoozed and cancelled, and then it is over', async () => {
    const { followUp } = await due();
    const snoozed = await api.followUps.snooze.mutate({ followUpId: followUp.id, until: LATER });
    expect(snoozed.followUp).toMatchObject({ dueAt: LATER, status: 'open' });
    const cancelled = await api.followUps.cancel.mutate({
      followUpId: followUp.id,
      reason: 'Bought elsewhere',
    });
    expect(cancelled.followUp).toMatchObject({ status: 'cancelled', outcome: 'Bought elsewhere' });
    expect(cancelled.conversation).toMatchObject({ followUps: [], nextFollowUpAt: null });
    for (const refusal of await Promise.all(
      [
        api.followUps.snooze.mutate({ followUpId: followUp.id, until: LATER }),
        api.followUps.cancel.mutate({ followUpId: followUp.id }),
      ].map(refusalOf),
    )) {
      expect(refusal).toMatchObject({
        code: 'FOLLOW_UP_NOT_OPEN',
        trpc: 'CONFLICT',
        status: 409,
        details: { followUpId: followUp.id },
      });
    }
  });

  test('that is due is listed, by assignee where it is asked', async () => {
    const { followUp, assignee } = await due();
    expect((await api.followUps.listDue.query({ assignee })).items).toEqual([followUp]);
    expect(
      (await api.followUps.listDue.query({ assignee, before: '2020-01-01T00:00:00.000Z' })).items,
    ).toEqual([]);
    expect((await api.followUps.listDue.query({})).items.map(({ id }) => id)).toContain(followUp.id);
    expect((await api.followUps.list.query({ assignee, status: 'open' })).items).toEqual([followUp]);
  });
});

describe('a claim', () => {
  test('leases work to one worker, who completes it', async () => {
    const { followUp, assignee } = await due();
    const claims = await Promise.all(
      Array.from({ length: 5 }, () => api.followUps.claim.mutate({ limit: 3, assignee })),
    );
    const [claimed, ...more] = claims.flat();
    if (claimed === undefined) throw new Error('Nothing was claimed');
    expect(more).toEqual([]);
    expect(claimed).toMatchObject({ followUp, attempt: 1 });
    const { leaseToken } = claimed;
    const longer = await api.followUps.heartbeat.mutate({
      followUpId: followUp.id,
      leaseToken,
      leaseMs: 3_600_000,
    });
    expect(longer.leaseUntil > claimed.leaseUntil).toBe(true);
    const done = await api.followUps.complete.mutate({
      followUpId: followUp.id,
      leaseToken,
      outcome: 'Booked a call',
    });
    expect(done.followUp).toMatchObject({ status: 'completed', outcome: 'Booked a call', attempts: 1 });
    expect(await api.followUps.claim.mutate({ limit: 3, assignee })).toEqual([]);
  });

  test('needs its live token', async () => {
    const { followUp, assignee } = await due();
    await api.followUps.claim.mutate({ limit: 1, assignee });
    const wrong = { followUpId: followUp.id, leaseToken: 'stolen' };
    for (const refusal of await Promise.all(
      [
        api.followUps.heartbeat.mutate(wrong),
        api.followUps.complete.mutate(wrong),
        api.followUps.fail.mutate({ ...wrong, error: 'x' }),
      ].map(refusalOf),
    )) {
      expect(refusal).toMatchObject({
        code: 'LEASE_LOST',
        trpc: 'CONFLICT',
        status: 409,
        details: { followUpId: followUp.id },
      });
    }
  });

  test('that failed is tried again later, and is dead after its last attempt', async () => {
    const { followUp, assignee } = await due({ maxAttempts: 2 });
    const fail = async () => {
      const [claimed] = await api.followUps.claim.mutate({ limit: 1, assignee });
      if (claimed === undefined) throw new Error('Nothing is due');
      return api.followUps.fail.mutate({
        followUpId: followUp.id,
        leaseToken: claimed.leaseToken,
        error: 'No answer',
      });
    };
    const first = await fail();
    expect(first.followUp).toMatchObject({ status: 'open', attempts: 1, lastError: 'No answer' });
    expect(Date.parse(first.followUp.dueAt) - Date.now()).toBeGreaterThan(20_000);
    expect(await api.followUps.claim.mutate({ limit: 1, assignee })).toEqual([]);
    await api.followUps.snooze.mutate({ followUpId: followUp.id, until: new Date().toISOString() });
    const second = await fail();
    expect(second.followUp).toMatchObject({ status: 'dead', attempts: 2 });
    expect(second.conversation.followUps).toEqual([]);
  });
});

test('one that repeats is there again once it is done, on the same hour of its zone', async () => {
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  const { followUp } = await api.followUps.schedule.mutate({
    conversationId,
    type: 'nurture',
    dueAt: { localTime: '2024-01-05T09:30', timeZone: 'America/New_York' },
    finalAttemptAt: '2040-01-01T00:00:00.000Z',
    repeat: { weekdays: [1, 2, 3, 4, 5] },
  });
  const [claim] = await api.followUps.claim.mutate({ limit: 1, followUpId: followUp.id });
  const { conversation: after } = await api.followUps.complete.mutate({
    followUpId: followUp.id,
    leaseToken: claim?.leaseToken ?? '',
  });
  const [next] = after.followUps;
  expect(next).toMatchObject({ status: 'open', attempts: 0, repeat: { time: '09:30' } });
  expect(next?.id).not.toBe(followUp.id);
  const hour = new Intl.DateTimeFormat('en', {
    timeZone: 'America/New_York',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  expect(hour.format(new Date(next?.dueAt ?? ''))).toBe('09:30');
  expect(Date.parse(next?.dueAt ?? '')).toBeGreaterThan(Date.now());
  const { items } = await api.followUps.list.query({ conversationId });
  expect(items.map(({ status }) => status).toSorted()).toEqual(['completed', 'open']);
});
