import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createBaton } from '@baton/client';
import { startMongod } from '@baton/mongod';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { expect, onTestFinished, test } from 'vitest';
import { expectIntact, startLoad } from '../test/load.ts';

const TENANT = TenantId.parse('crash');
const MAIN = new URL('./main.ts', import.meta.url).pathname;

/** The server as a process of its own, once it listens. */
async function serve(mongodbUri: string, port = '0'): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      MONGODB_URI: mongodbUri,
      BATON_PORT: port,
      BATON_HOST: '127.0.0.1',
      BATON_LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      const { msg, url }: { msg: string; url: string } = JSON.parse(line);
      if (msg === 'Listening') listening.resolve(url);
    })
    .on('close', () => listening.reject(new Error('The server did not start')));
  return { process: child, url: await listening.promise };
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
  const first = await serve(mongod.uri);
  const load = await startLoad(createBaton({ url: first.url, apiKey: key, attempts: 40 }));

  await load.inTheMiddle();
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  const leased = { 'lease.until': { $type: 'date' } };
  expect(await store.collections.follow_ups.collection.countDocuments(leased)).toBeGreaterThan(0);
  const second = await serve(mongod.uri, new URL(first.url).port);
  await load.finish();

  await expectIntact(store, TENANT, load);
  second.process.kill('SIGTERM');
  await once(second.process, 'exit');
  await connection.client.close();
}, 90_000);
