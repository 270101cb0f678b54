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
import { createOneOfEach, type Fixture, procedures } from '../test/procedures.ts';
import { appRouter } from './app-router.ts';
import { OPEN_PROCEDURES } from './roles.ts';

const subscriptions = new Set(['feed.conversation', 'feed.tenant']);

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

describe('a role', () => {
  // Object.keys widens its keys to string.
  const timed = (Object.keys(commandInputs) as CommandType[])
    .filter((type) => commandFieldNames(type).includes('at'))
    .filter((path) => path in procedures);

  const SERVERS_OWN: ReadonlySet<string> = new Set([
    'contacts.noteConsent',
    'conversations.continue',
    'conversations.endPause',
  ]);

  test('every command may be brought in with its instant', () => {
    expect(timed.toSorted()).toEqual(
      Object.keys(commandInputs)
        .filter((path) => !path.endsWith('.expire') && !path.startsWith('privacy.') && !SERVERS_OWN.has(path))
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

  test('an agent works a conversation as itself, and named by nobody is itself', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('agent', ANA) });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const ana = { kind: 'agent', agentId: ANA } as const;
    await api.handoffs.takeover.mutate({ conversationId, by: ANA });
    await api.messages.append.mutate({
      conversationId,
      clientMessageId: 'm',
      text: 'Hello',
      author: ana,
    });
    await api.stages.transition.mutate({ conversationId, to: 'qualification' });
    const { items } = await api.conversations.timeline.query({ conversationId });
    expect(items.length).toBeGreaterThan(3);
    expect(items).toEqual(items.map(() => expect.objectContaining({ actor: ana })));
  });

  test('is told what it may not, and which role may', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('agent', ANA) });
    expect(await refusalOf(api.tenant.update.mutate({ businessHours: null }))).toMatchObject({
      status: 403,
      message: 'tenant.update is not for the role agent: it takes manager or admin',
      details: { role: 'agent', needs: ['manager', 'admin'] },
    });
    const { conversationId } = fixture;
    const said = { conversationId, clientMessageId: 'm', text: 'Yes' };
    expect(
      await refusalOf(api.messages.append.mutate({ ...said, author: { kind: 'customer' } })),
    ).toMatchObject({ details: { role: 'agent', needs: ['app', 'import', 'admin'], field: 'author' } });
    expect(
      await refusalOf(api.messages.append.mutate({ ...said, author: { kind: 'agent', agentId: 'closer' } })),
    ).toMatchObject({
      message: 'This credential acts as ana only, not as closer: app or import or admin acts for others',
      details: { role: 'agent', agentId: ANA, field: 'author' },
    });
  });

  test('a manager that is bound to nobody speaks as nobody, and decides for others', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('manager') });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      agentId: 'closer',
    });
    const author = { kind: 'agent', agentId: 'closer' } as const;
    expect(
      await refusalOf(
        api.messages.append.mutate({ conversationId, clientMessageId: 'm', text: 'Yes', author }),
      ),
    ).toMatchObject({ details: { role: 'manager', agentId: null } });
    const taken = await api.handoffs.takeover.mutate({ conversationId, by: ANA });
    expect(taken.conversation.owner.agentId).toBe(ANA);
  });

  test('an agent says whether it is there, and a manager what it is', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('agent', ANA) });
    expect(await api.agents.update.mutate({ id: ANA, availability: 'available' })).toMatchObject({ id: ANA });
    expect(await refusalOf(api.agents.update.mutate({ id: ANA, capacity: 1_000 }))).toMatchObject({
      details: { role: 'agent', needs: ['manager', 'import', 'admin'], field: 'capacity' },
    });
    const manager = server.connect({ apiKey: await server.createKey('manager', ANA) });
    expect(await manager.api.agents.update.mutate({ id: 'closer', name: 'Closer' })).toMatchObject({
      name: 'Closer',
    });
  });

  test('an agent claims what is its own', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('agent', ANA) });
    expect(await refusalOf(api.followUps.claim.mutate({ limit: 1 }))).toMatchObject({
      details: { role: 'agent', field: 'assignee' },
    });
    expect(await api.followUps.claim.mutate({ limit: 1, assignee: ANA })).toEqual([]);
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
