import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBaton } from '@baton/client';
import { startMongod } from '@baton/mongod';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { expect, onTestFinished, test } from 'vitest';
import { expectIntact, startLoad } from '../test/load.ts';

const TENANT = TenantId.parse('crash');
const MAIN = new URL('./main.ts', import.meta.url).pathname;

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The server as a process of its own, once it answers. */
async function serve(mongodbUri: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      MONGODB_URI: mongodbUri,
      BATON_PORT: String(port),
      BATON_HOST: '127.0.0.1',
      BATON_LOG_LEVEL: 'error',
    },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/trpc/admin.health`).catch(() => null);
    if (answer?.ok === true) return child;
    await sleep(50);
  }
  throw new Error('The server does not come up');
}

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
    rights: ['import', 'manage'],
  });
  const port = await freePort();
  let server = await serve(mongod.uri, port);
  const load = await startLoad(createBaton({ url: `http://127.0.0.1:${port}`, apiKey: key, attempts: 40 }));

  await load.inTheMiddle();
  server.kill('SIGKILL');
  await once(server, 'exit');
  const leased = { 'lease.until': { $type: 'date' } };
  expect(await store.collections.follow_ups.collection.countDocuments(leased)).toBeGreaterThan(0);
  server = await serve(mongod.uri, port);
  await load.finish();

  await expectIntact(store, TENANT, load);
  server.kill('SIGTERM');
  await once(server, 'exit');
  await connection.client.close();
}, 90_000);
