import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { openCollections, suspendTenant } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually, startTestServer, TENANT, type TestServer } from '../../test/test-server.ts';

const BODY = JSON.stringify({ name: 'Kept open', role: 'admin' });

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ checkCredentialsEveryMs: 20 });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A call to make a key, of which all but the last byte is sent. */
async function begin(headers: Record<string, string | number>): Promise<ClientRequest> {
  const url = `${server.url}/trpc/apiKeys.create`;
  const call = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  call.write(BODY.slice(0, -1));
  const [socket] = await once(call, 'socket');
  if (socket.connecting === true) await once(socket, 'connect');
  return call;
}

async function finish(call: ClientRequest) {
  const answered = once(call, 'response');
  call.end(BODY.slice(-1));
  const [response]: IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('No answer');
  return { status: response.statusCode, body: await text(response) };
}

describe('a call whose credential ends while its body arrives', () => {
  test.each([
    ['with its length', { 'content-length': BODY.length }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('is refused, sent %s', async (_, headers) => {
    const { id: keyId, key } = await server.store.apiKeys.create({
      tenantId: TENANT,
      name: 'Leaked',
      role: 'admin',
    });
    const isIn = async () => (await server.query('session.get', undefined, { key })).status === 200;
    const call = await begin({ ...headers, authorization: `Bearer ${key}` });
    expect(await isIn()).toBe(true);
    await server.store.apiKeys.revoke(TENANT, { keyId });
    await eventually(async () => !(await isIn()));
    const before = await server.db.collection('api_keys').countDocuments();
    expect(await finish(call)).toMatchObject({ status: 401 });
    expect(await server.db.collection('api_keys').countDocuments()).toBe(before);
  });

  test('is refused after its browser has signed out', async () => {
    const { token } = await server.baton.api.session.createLink.mutate();
    const secret = await server.store.sessions.signIn(token);
    const headers = { cookie: `baton_session=${secret}` };
    const call = await begin({ ...headers, 'content-length': BODY.length });
    expect((await server.query('session.get', undefined, { key: null, headers })).status).toBe(200);
    await server.mutate('session.signOut', undefined, { key: null, headers });
    expect(await finish(call)).toMatchObject({ status: 401 });
  });

  test('is refused after its tenant was suspended', async () => {
    const tenantId = TenantId.parse('slow');
    await server.store.agents.ensureDefaults(tenantId, {});
    const { key } = await server.store.apiKeys.create({ tenantId, name: 'Desk', role: 'admin' });
    const isIn = async () => (await server.query('session.get', undefined, { key })).status === 200;
    const call = await begin({ 'content-length': BODY.length, authorization: `Bearer ${key}` });
    expect(await isIn()).toBe(true);
    await suspendTenant(openCollections(server.db), tenantId);
    await eventually(async () => !(await isIn()));
    expect(await finish(call)).toMatchObject({
      status: 403,
      body: expect.stringContaining('TENANT_SUSPENDED'),
    });
  });
});

test('a call whose credential ends while it waits for its turn is refused', async () => {
  const { id: keyId, key } = await server.store.apiKeys.create({
    tenantId: TENANT,
    name: 'Waits',
    role: 'admin',
  });
  const isIn = async () => (await server.query('session.get', undefined, { key })).status === 200;
  const turn = Promise.withResolvers<void>();
  const take = vi.spyOn(server.store.turns, 'take').mockReturnValueOnce(turn.promise);
  const call = server.mutate('apiKeys.create', JSON.parse(BODY), { key });
  await eventually(() => take.mock.calls.length > 0);
  take.mockRestore();
  await server.store.apiKeys.revoke(TENANT, { keyId });
  await eventually(async () => !(await isIn()));
  turn.resolve();
  expect(await call).toMatchObject({ status: 401 });
});
