import { afterAll, beforeAll, expect, test } from 'vitest';
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

const raise = (conversationId: string) =>
  api.objections.raise.mutate({
    conversationId,
    type: 'price',
    text: 'Too much',
    severity: 'high',
    by: 'closer',
  });

test('an objection is raised, and resolved with the move that it held up', async () => {
  const conversationId = await conversation();
  const raised = await raise(conversationId);
  expect(raised.objection).toMatchObject({
    status: 'active',
    raisedBy: 'closer',
    type: 'price',
    severity: 'high',
  });
  expect(raised.conversation).toMatchObject({ activeObjections: 1, objections: [raised.objection] });
  const resolve = {
    objectionId: raised.objection.id,
    method: 'Discount',
    notes: '10 %',
    handledBy: 'closer',
    confidence: 0.9,
  } as const;
  const resolved = await api.objections.resolve.mutate({ ...resolve, advanceTo: 'qualification' });
  expect(resolved.objection).toMatchObject({
    status: 'resolved',
    method: 'Discount',
    notes: '10 %',
    handledBy: 'closer',
  });
  expect(resolved.conversation).toMatchObject({ activeObjections: 0, stage: 'qualification' });
  expect(resolved.entries.map(({ kind }) => kind)).toEqual(['objection', 'stage']);
  expect(await refusalOf(api.objections.resolve.mutate(resolve))).toMatchObject({
    code: 'OBJECTION_NOT_OPEN',
    trpc: 'CONFLICT',
    status: 409,
    details: { objectionId: raised.objection.id },
  });
});

test('a move that is not open leaves the objection as it was', async () => {
  const { objection } = await raise(await conversation());
  const resolve = api.objections.resolve.mutate({
    objectionId: objection.id,
    method: 'x',
    handledBy: 'closer',
    confidence: 1,
    advanceTo: 'closing',
  });
  expect(await refusalOf(resolve)).toMatchObject({ code: 'INVALID_TRANSITION', status: 412 });
  expect(
    (await api.objections.list.query({ status: 'active', conversationId: objection.conversationId })).items,
  ).toEqual([objection]);
});

test('one that is put off gets its follow-up in the same command', async () => {
  const { objection } = await raise(await conversation());
  const followUpAt = '2035-01-02T03:04:05.000Z';
  const deferred = await api.objections.defer.mutate({
    objectionId: objection.id,
    reason: 'Next year',
    followUpAt,
  });
  expect(deferred.objection).toMatchObject({ status: 'deferred', deferReason: 'Next year' });
  expect(deferred.conversation).toMatchObject({ activeObjections: 0, nextFollowUpAt: followUpAt });
  expect(deferred.conversation.followUps).toMatchObject([
    { id: deferred.objection.followUpId, type: 'objection_follow_up', dueAt: followUpAt },
  ]);
  expect(
    await refusalOf(api.objections.defer.mutate({ objectionId: objection.id, reason: 'Again' })),
  ).toMatchObject({ code: 'OBJECTION_NOT_OPEN' });
});

test('the 51st active one is too many', async () => {
  const conversationId = await conversation();
  await Promise.all(Array.from({ length: 50 }, () => raise(conversationId)));
  expect(await refusalOf(raise(conversationId))).toMatchObject({
    code: 'LIMIT_REACHED',
    trpc: 'PRECONDITION_FAILED',
    status: 412,
    details: { limit: 50 },
  });
});

test('stats count by type and status, and time the answers', async () => {
  const { api: other } = server.stranger;
  const { id: conversationId } = await other.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  const raised = await Promise.all(
    (['price', 'price', 'trust'] as const).map((type) =>
      other.objections.raise.mutate({ conversationId, type, text: 'x', severity: 'low' }),
    ),
  );
  await other.objections.resolve.mutate({
    objectionId: raised[0]?.objection.id ?? '',
    method: 'x',
    handledBy: 'closer',
    confidence: 1,
  });
  const stats = await other.objections.stats.query({});
  expect(stats).toMatchObject({
    total: 3,
    active: 2,
    resolved: 1,
    deferred: 0,
    meanTimeToResolveMs: expect.any(Number),
  });
  expect(stats.resolutionRate).toBeCloseTo(1 / 3);
  expect(stats.byType.find(({ type }) => type === 'price')).toMatchObject({
    total: 2,
    resolved: 1,
    resolutionRate: 0.5,
  });
  expect(await other.metrics.objections.query({})).toEqual(stats);
  const { items } = await other.objections.list.query({ type: 'trust' });
  expect(items).toMatchObject([{ type: 'trust' }]);
});
