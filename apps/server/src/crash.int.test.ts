import { once } from 'node:events';
import { createBaton } from '@baton/client';
import { startMongod } from '@baton/mongod';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { expect, test } from 'vitest';
import { expectIntact, startLoad } from '../test/load.ts';
import { startServerProcess } from '../test/server-process.ts';

const TENANT = TenantId.parse('crash');
test('a server that is killed in the middle loses nothing that it acknowledged, and does nothing twice', async () => {
  // The killed server may leave a transaction open; what it holds is free once mongod has ended it.
  await using mongod = await startMongod({ parameters: { transactionLifetimeLimitSeconds: 2 } });
  const connection = await connect(mongod.uri);
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const { key } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'crash',
    role: 'admin',
  });
  const first = await startServerProcess(mongod.uri);
  const load = await startLoad(createBaton({ url: first.url, apiKey: key, attempts: 40 }));

  await load.inTheMiddle();
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  const leased = { 'lease.until': { $type: 'date' } };
  expect(await store.collections.follow_ups.acrossTenants('test').countDocuments(leased)).toBeGreaterThan(0);
  const second = await startServerProcess(mongod.uri, { port: new URL(first.url).port });
  await load.finish();

  await expectIntact(store, TENANT, load);
  second.process.kill('SIGTERM');
  await once(second.process, 'exit');
  await connection.client.close();
}, 90_000);
