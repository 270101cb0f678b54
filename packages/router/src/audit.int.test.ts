import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANA, newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { auditActorOf } from './context.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test('each act that is kept says which credential did it, and for which agent', async () => {
  const key = await server.createKey('admin', ANA);
  const { api } = server.connect({ apiKey: key });
  const id = newContact().replaceAll('-', '_');
  await api.agents.register.mutate({ id, kind: 'ai' });
  const agent = await api.agents.update.mutate({ id, name: 'Renamed' });
  await api.agents.restore.mutate({ agents: [{ ...agent, updatedAt: '2999-01-01T00:00:00.000Z' }] });
  await api.tenant.update.mutate({ businessHours: null });
  await api.session.createLink.mutate();
  await api.conversations.export.query({ limit: 1 });
  const { id: conversationId } = await api.conversations.create.mutate({ contactId: id, channel: 'web' });
  const reason = 'Signed on paper';
  await api.stages.transition.mutate({ conversationId, to: 'closing', force: true, reason });

  const { items } = await api.admin.audit.query({ actor: ANA });
  expect(items.map(({ action }) => action).toReversed()).toEqual([
    'agents.register',
    'agents.update',
    'agents.restore',
    'tenant.update',
    'session.createLink',
    'conversations.export',
    'conversations.force',
  ]);
  const credential = await server.store.apiKeys.authenticate(key);
  if (credential === null) throw new Error('The key is not known');
  for (const { actor } of items) expect(actor).toEqual(auditActorOf({ ...credential, sessionId: null }));
  expect(JSON.stringify(items)).not.toContain(reason);
  expect((await server.stranger.api.admin.audit.query({ actor: ANA })).items).toEqual([]);
});

test('what a manager does as another agent is kept with who it was, and what it does as itself is not', async () => {
  const key = await server.createKey('manager', ANA);
  const manager = server.connect({ apiKey: key }).api;
  const conversation = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  const of = { conversationId: conversation.id };
  await manager.handoffs.takeover.mutate({ ...of, by: ANA });
  const asked = { ...of, from: ANA, to: 'closer', reason: 'Ready', trigger: 'manual' } as const;
  const { handoff } = await manager.handoffs.request.mutate(asked);
  await manager.handoffs.accept.mutate({ handoffId: handoff.id, by: 'closer', idempotencyKey: 'accepted' });
  await manager.handoffs.accept.mutate({ handoffId: handoff.id, by: 'closer', idempotencyKey: 'accepted' });
  const app = server.plain.api;
  await app.handoffs.release.mutate({ ...of, by: 'closer', to: 'qualifier' });

  const { items } = await server.baton.api.admin.audit.query({ action: 'conversations.actFor' });
  const credential = await server.store.apiKeys.authenticate(key);
  expect(items).toMatchObject([
    {
      actor: { kind: 'key', id: credential?.keyId, agentId: ANA },
      target: conversation.id,
      details: { command: 'handoffs.accept', agentId: 'closer' },
    },
  ]);
  const { items: entries } = await server.baton.api.conversations.timeline.query(of);
  expect(entries.find((entry) => entry.kind === 'handoff' && entry.action === 'accepted')).toMatchObject({
    actor: { kind: 'agent', agentId: 'closer' },
  });
});

test('a browser is known by its session', async () => {
  const { token } = await server.baton.api.session.createLink.mutate();
  const secret = await server.store.sessions.signIn(token);
  const headers = { cookie: `baton_session=${secret}` };
  await server.mutate('session.actAs', { agentId: ANA }, { key: null, headers });
  await server.mutate('session.signOut', undefined, { key: null, headers });
  const { items } = await server.baton.api.admin.audit.query({ limit: 3 });
  const [{ target } = { target: null }] = items;
  expect(items.map(({ action, actor }) => [action, actor])).toEqual([
    ['session.signOut', { kind: 'session', id: target, agentId: ANA }],
    ['session.actAs', { kind: 'session', id: target, agentId: null }],
    ['session.signIn', { kind: 'session', id: target, agentId: null }],
  ]);
});
