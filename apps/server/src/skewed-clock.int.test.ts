import { createBaton } from '@baton/client';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { startServerProcess } from '../test/server-process.ts';
import { eventually } from '../test/test-server.ts';

const TENANT = TenantId.parse('skewed');
const HOUR_MS = 3_600_000;

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const request = (conversationId: string) => ({
  conversationId,
  from: 'supervisor',
  to: 'closer',
  reason: 'Yours',
  trigger: 'manual' as const,
});
/** An hour off would be seen; a busy machine takes seconds. */
const expectNow = (instant: string) =>
  expect(Math.abs(Date.parse(instant) - Date.now())).toBeLessThan(60_000);

test('servers whose clocks are an hour off, one each way, keep MongoDB’s time and expire nothing early', async () => {
  await using database = await testDatabase();
  await using connection = await connect(database.uri);
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const { key: apiKey } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'skewed',
    role: 'admin',
  });
  const servers = await Promise.all(
    [HOUR_MS, -HOUR_MS].map((clockOffByMs) => startServerProcess(database.uri, { clockOffByMs })),
  );
  const clients = servers.map(({ url }) => createBaton({ url, apiKey }));

  const conversations = await Promise.all(
    clients.map(async ({ api }, index) => {
      const { id, createdAt } = await api.conversations.create.mutate({
        contactId: `contact-${index}`,
        channel: 'web',
      });
      expectNow(createdAt);
      const later = inMs(HOUR_MS / 2);
      await api.followUps.schedule.mutate({ conversationId: id, type: 'nurture', dueAt: later });
      await api.handoffs.request.mutate({ ...request(id), expiresAt: later });
      const { expiresAt } = await api.session.createLink.mutate();
      expect(Math.abs(Date.parse(expiresAt) - Date.now() - HOUR_MS)).toBeLessThan(2_000);
      return id;
    }),
  );

  // Each server speaks in each conversation in turn.
  for (let turn = 0; turn < 6; turn += 1) {
    for (const conversationId of conversations) {
      await clients[turn % 2]?.api.messages.append.mutate({
        conversationId,
        clientMessageId: `message-${turn}`,
        author: { kind: 'customer' },
        text: 'Hello',
      });
    }
  }
  for (const { api } of clients) {
    for (const conversationId of conversations) {
      const { items } = await api.conversations.timeline.query({ conversationId, limit: 100 });
      const instants = items.map(({ at }) => at);
      expect(instants).toEqual(instants.toSorted());
      for (const at of instants) expectNow(at);
    }
    expect(await api.followUps.listDue.query({})).toMatchObject({ items: [] });
    expect(await api.followUps.claim.mutate({ limit: 10 })).toEqual([]);
    const [conversationId] = conversations;
    const future = { conversationId: conversationId ?? '', tags: ['late'], at: inMs(60_000) };
    await expect(api.conversations.update.mutate(future)).rejects.toThrow('at is in the future');
  }

  // One that is over expires, and nothing else, though each server looks every second.
  const [, behind] = clients;
  const { id: over } = await store
    .findOrCreate(
      { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true },
      { contactId: 'contact-over', channel: 'web', tags: [], metadata: {} },
    )
    .then(({ conversation }) => conversation);
  await behind?.api.handoffs.request.mutate({ ...request(over), expiresAt: inMs(1_000) });
  const pending = async () => (await store.handoffs.pending(TENANT, { limit: 10 })).items;
  expect(await pending()).toHaveLength(3);
  await eventually(async () => (await pending()).length < 3);
  expect((await pending()).map(({ conversationId }) => conversationId).toSorted()).toEqual(
    conversations.toSorted(),
  );
}, 60_000);
