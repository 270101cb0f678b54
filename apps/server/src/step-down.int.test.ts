import { createBaton } from '@baton/client';
import { startMongod } from '@baton/mongod';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { expectIntact, startLoad } from '../test/load.ts';
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
    role: 'admin',
  });
  await using server = await startServer({ mongodbUri: mongod.uri, port: 0, log: pino({ level: 'silent' }) });
  const baton = createBaton({ url: server.url, apiKey: key, attempts: 40 });
  const load = await startLoad(baton);
  const [conversationId = ''] = load.conversations;
  using replica = baton.watch(conversationId);
  await replica.until(({ status }) => status === 'live');

  await load.inTheMiddle();
  await connection.client.db('admin').command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 });
  await load.finish();

  await expectIntact(store, TENANT, load);
  const kept = await baton.api.conversations.get.query({ conversationId });
  const live = await replica.until(({ conversation }) => conversation?.lastSeq === kept.lastSeq);
  expect(live.conversation).toEqual(kept);
  expect(live.entries.map(({ seq }) => seq)).toEqual(live.entries.map((_, index) => index + 1));
  await connection.client.close();
}, 90_000);
