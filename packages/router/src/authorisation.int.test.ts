import { commandFieldNames, commandInputs, type CommandType } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ANA,
  type Answer,
  newContact,
  refusalOf,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import { createOneOfEach, type Fixture, NO_IDS, procedures } from '../test/procedures.ts';
import { appRouter } from './app-router.ts';
import { OPEN_PROCEDURES } from './roles.ts';

const subscriptions = new Set(['feed.conversation', 'feed.tenant']);
const managers = ['admin.audit', 'session.createLink', 'tenant.update'];
const importers = ['agents.restore', 'contacts.restore', 'conversations.export', 'conversations.restore'];

const NAMES_SOMETHING = new Set([
  'conversationId',
  'handoffId',
  'objectionId',
  'followUpId',
  'keyId',
  'id',
  'agentId',
]);
const OWN_BY_NAME = new Set([
  'agents.register',
  'conversations.listByAgent',
  'conversations.restore',
  'session.actAs',
]);

let server: TestServer;
let fixture: Fixture;

beforeAll(async () => {
  server = await startTestServer();
  fixture = await createOneOfEach(server);
});
afterAll(() => server[Symbol.asyncDispose]());

function send(path: string, key: string | null, more: object = {}): Promise<Answer> {
  const procedure = procedures[path];
  if (procedure === undefined) throw new Error(`No sample of ${path}`);
  const input = procedure.input(fixture);
  const whole = input === undefined && Object.keys(more).length === 0 ? undefined : { ...input, ...more };
  return procedure.type === 'query'
    ? server.query(path, whole, { key })
    : server.mutate(path, whole, { key });
}

const refusedWith = (code: string, status: number) => ({
  status,
  body: expect.objectContaining({
    error: expect.objectContaining({
      data: expect.objectContaining({ baton: expect.objectContaining({ code }) }),
    }),
  }),
});

test('every procedure is in this table, or is open to everyone', () => {
  const known = [...Object.keys(procedures), ...OPEN_PROCEDURES, ...subscriptions].toSorted();
  expect(Object.keys(appRouter._def.procedures).toSorted()).toEqual(known);
});

describe('without a good key', () => {
  test.each(Object.keys(procedures))('%s is refused', async (path) => {
    const revoked = await server.createKey('admin');
    const { items } = await server.store.apiKeys.list(TENANT, { limit: 1 });
    const [newest] = items;
    if (newest === undefined) throw new Error('The key is not listed');
    await server.store.apiKeys.revoke(TENANT, { keyId: newest.id });
    const before = await server.counts();
    for (const key of [null, 'baton_wrong', `${server.key}x`, revoked]) {
      expect(await send(path, key)).toMatchObject(refusedWith('UNAUTHORIZED', 401));
    }
    expect(await server.counts()).toEqual(before);
  });
});

describe('of another tenant', () => {
  const named = Object.entries(procedures).filter(([path, { input }]) => {
    const keys = Object.keys(input(NO_IDS) ?? {});
    return !OWN_BY_NAME.has(path) && keys.some((name) => NAMES_SOMETHING.has(name));
  });

  test.each(named.map(([path]) => path))('what %s names does not exist', async (path) => {
    const before = await server.counts();
    expect(await send(path, server.strangerKey)).toMatchObject(refusedWith('NOT_FOUND', 404));
    expect(await server.counts()).toEqual(before);
  });
});

describe('a conversation of another tenant', () => {
  test('is not restored over, and its owner keeps it as it is', async () => {
    const { conversationId } = fixture;
    const before = await server.baton.api.conversations.get.query({ conversationId });
    const counts = await server.counts();
    expect(await send('conversations.restore', server.strangerKey)).toMatchObject(
      refusedWith('ID_TAKEN', 409),
    );
    expect(await server.counts()).toEqual(counts);
    expect(await server.baton.api.conversations.get.query({ conversationId })).toEqual(before);
  });
});

describe('rights', () => {
  // Object.keys widens its keys to string.
  const timed = (Object.keys(commandInputs) as CommandType[])
    .filter((type) => commandFieldNames(type).includes('at'))
    .filter((path) => path in procedures);

  test('every command may be brought in with its instant', () => {
    expect(timed.toSorted()).toEqual(
      Object.keys(commandInputs)
        .filter((path) => !path.endsWith('.expire'))
        .toSorted(),
    );
  });

  test.each([...timed, 'conversations.findOrCreate'])('%s takes no instant from a manager', async (path) => {
    const before = await server.counts();
    const key = await server.createKey('manager');
    expect(await send(path, key, { at: '2024-01-01T00:00:00.000Z' })).toMatchObject(
      refusedWith('FORBIDDEN', 403),
    );
    const added = { api_keys: Number(before['api_keys']) + 1, audit: Number(before['audit']) + 1 };
    expect(await server.counts()).toEqual({ ...before, ...added });
  });

  test('an admin names the instant', async () => {
    const at = '2024-05-01T10:00:00.000Z';
    const created = await server.baton.api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      at,
    });
    expect(created).toMatchObject({ createdAt: at, updatedAt: at });
    const found = await server.baton.api.conversations.findOrCreate.mutate({
      contactId: newContact(),
      channel: 'web',
      at,
    });
    expect(found).toMatchObject({ created: true, conversation: { createdAt: at } });
  });

  test.each(managers)('%s is for managers', async (path) => {
    const key = await server.createKey('import');
    expect(await send(path, key)).toMatchObject(refusedWith('FORBIDDEN', 403));
    expect((await send(path, server.key)).status).toBe(200);
  });

  test.each(importers)('%s is for those who bring history in', async (path) => {
    const key = await server.createKey('manager');
    expect(await send(path, key)).toMatchObject(refusedWith('FORBIDDEN', 403));
    expect((await send(path, server.key)).status).not.toBe(403);
  });

  test('a forced move is for managers', async () => {
    const { id: conversationId } = await server.plain.api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const forced = { conversationId, to: 'closing', force: true, reason: 'Signed on paper' } as const;
    expect(await refusalOf(server.plain.api.stages.transition.mutate(forced))).toMatchObject({
      code: 'FORBIDDEN',
      status: 403,
    });
    const { conversation, entries } = await server.baton.api.stages.transition.mutate(forced);
    expect(conversation.stage).toBe('closing');
    expect(entries).toMatchObject([{ kind: 'stage', forced: true, reason: 'Signed on paper' }]);
  });

  test('a forced move needs a reason', async () => {
    const { id: conversationId } = await server.baton.api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const forced = { conversationId, to: 'closing', force: true } as const;
    expect(await refusalOf(server.baton.api.stages.transition.mutate(forced))).toMatchObject({
      code: 'INVALID_INPUT',
      status: 400,
      details: { faults: [{ path: 'reason' }] },
    });
  });

  test('a key that was made for an agent acts as that agent where a command names nobody', async () => {
    const key = await server.createKey('agent', ANA);
    const { api } = server.connect({ apiKey: key });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const { items } = await api.conversations.timeline.query({ conversationId });
    expect(items).toMatchObject([{ kind: 'created', actor: { kind: 'agent', agentId: ANA } }]);
  });
});

describe('everyone', () => {
  test('may ask how the server is, with no key, a wrong one or a good one', async () => {
    for (const key of [null, 'baton_wrong', server.key]) {
      expect(await server.query('admin.health', undefined, { key })).toMatchObject({
        status: 200,
        body: {
          result: {
            data: {
              ok: true,
              version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
              uptimeMs: expect.any(Number),
            },
          },
        },
      });
      expect(await server.query('admin.ready', undefined, { key })).toMatchObject({
        status: 200,
        body: { result: { data: { ready: true, mongodb: true, pendingMigrations: [] } } },
      });
    }
  });
});
