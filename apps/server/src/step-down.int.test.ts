import { setTimeout as sleep } from 'node:timers/promises';
import { createBaton } from '@baton/client';
import { startMongod } from '@baton/mongod';
import { connect, migrate, openStore, rebuild } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startServer } from './server.ts';

const TENANT = TenantId.parse('stepdown');

test('a new primary under load loses nothing, repeats nothing and leaves no gap, and the feed goes on', async () => {
  await using mongod = await startMongod({ members: 3 });
  const connection = await connect(mongod.uri);
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const { key } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'test',
    rights: ['import', 'manage'],
  });
  await using server = await startServer({ mongodbUri: mongod.uri, port: 0, log: pino({ level: 'silent' }) });
  const baton = createBaton({ url: server.url, apiKey: key, attempts: 40 });
  const { api } = baton;
  const conversation = await api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
  using replica = baton.watch(conversation.id);
  await replica.until(({ status }) => status === 'live');

  let isLoaded = true;
  let sent = 0;
  const callers = Array.from({ length: 16 }, async () => {
    while (isLoaded) {
      sent += 1;
      await api.messages.append.mutate({
        conversationId: conversation.id,
        clientMessageId: `message-${sent}`,
        author: { kind: 'customer' },
        text: 'Still there?',
      });
    }
  });
  await sleep(500);
  const before = sent;
  await connection.client.db('admin').command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 });
  for (let wait = 0; wait < 300 && sent < before + 100; wait += 1) await sleep(50);
  isLoaded = false;
  await Promise.all(callers);
  expect(sent).toBeGreaterThan(before + 50);

  const after = await api.conversations.get.query({ conversationId: conversation.id });
  expect(after).toMatchObject({ lastSeq: sent + 1, version: sent + 1, metrics: { messages: sent } });
  const live = await replica.until(
    (state) => state.conversation?.lastSeq === after.lastSeq && state.pending.length === 0,
  );
  expect(live.conversation).toEqual(after);
  expect(live.entries.map(({ seq }) => seq)).toEqual(
    Array.from({ length: sent + 1 }, (_, index) => index + 1),
  );
  expect((await rebuild(store.tables)).differences).toEqual([]);
  await connection.client.close();
}, 90_000);
