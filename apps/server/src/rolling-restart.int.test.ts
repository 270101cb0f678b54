import { once } from 'node:events';
import { createBaton } from '@baton/client';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { startBalancer } from '../test/balancer.ts';
import { startServerProcess } from '../test/server-process.ts';
import { eventually } from '../test/test-server.ts';

const TENANT = TenantId.parse('rolling');
const CALLERS = 4;

test('two servers are replaced one after the other under load, and no call of the client fails', async () => {
  await using database = await testDatabase();
  await using connection = await connect(database.uri);
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const { key } = await store.apiKeys.create({ tenantId: TENANT, name: 'rolling', role: 'app' });
  await using balancer = await startBalancer();
  const baton = createBaton({ url: balancer.url, apiKey: key });
  const start = async () => {
    const server = await startServerProcess(database.uri, { env: { BATON_STOP_DELAY_MS: '400' } });
    balancer.add(server.url);
    await eventually(async () => (await fetch(`${server.url}/readyz`)).ok, 10_000);
    return server;
  };
  const old = await Promise.all([start(), start()]);
  await eventually(async () => (await fetch(`${balancer.url}/readyz`)).ok, 10_000);

  const { api } = baton;
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: 'watched',
    channel: 'web',
  });
  using replica = baton.watch(conversationId);
  await replica.until(({ status }) => status === 'live');
  let calls = 0;
  let isOver = false;
  const failures: unknown[] = [];
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    const own = await api.conversations.create.mutate({ contactId: `contact-${caller}`, channel: 'web' });
    for (let number = 0; !isOver; number += 1) {
      const message = {
        conversationId: caller === 0 ? conversationId : own.id,
        clientMessageId: `${caller}-${number}`,
        author: { kind: 'customer' as const },
        text: 'Still there?',
      };
      try {
        await api.messages.append.mutate(message);
        await api.conversations.get.query({ conversationId: own.id });
        await api.contacts.list.query({});
        calls += 3;
      } catch (error) {
        failures.push(error);
      }
    }
  });

  for (const server of old) {
    await start();
    const before = calls;
    await eventually(() => calls > before + CALLERS, 20_000);
    server.process.kill('SIGTERM');
    const [code] = await once(server.process, 'exit');
    expect(code).toBe(0);
    const after = calls;
    await eventually(() => calls > after + CALLERS, 20_000);
  }
  isOver = true;
  await Promise.all(callers);
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(CALLERS * 6);

  const { lastSeq } = await api.conversations.get.query({ conversationId });
  await replica.until(({ conversation }) => conversation?.lastSeq === lastSeq);
  expect(replica.state.entries.map(({ seq }) => seq)).toEqual(
    Array.from({ length: lastSeq }, (_, index) => index + 1),
  );
}, 90_000);
