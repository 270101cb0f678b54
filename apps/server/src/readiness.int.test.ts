import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { startMongod } from '@baton/mongod';
import { expect, test } from 'vitest';
import { eventually, refusalOf, startTestServer, type TestServer } from '../test/test-server.ts';

/** Asks as a load balancer does; gives the status and how long it took, in milliseconds. */
async function probe(server: TestServer): Promise<{ status: number | undefined; tookMs: number }> {
  const from = performance.now();
  const asked = request(`${server.url}/trpc/admin.ready`, { method: 'HEAD', agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return { status: response.statusCode, tookMs: performance.now() - from };
}

test('a server whose store lacks a migration is not ready, and says which', async () => {
  await using server = await startTestServer();
  const migrations = server.db.collection('migrations');
  const [latest] = await migrations.find().sort({ _id: -1 }).limit(1).toArray();
  await migrations.deleteOne({ _id: latest?._id });
  const name = String(latest?._id);
  expect(await refusalOf(server.baton.api.admin.ready.query())).toEqual({
    code: 'UNAVAILABLE',
    trpc: 'SERVICE_UNAVAILABLE',
    status: 503,
    message: `Not ready: run baton migrate (${name})`,
    details: { ready: false, mongodb: true, pendingMigrations: [name] },
  });
  await migrations.insertOne({ ...latest });
  await eventually(async () => (await probe(server)).status === 200);
});

test('a server whose mongod hangs says within a second that it is not ready, and is again when it goes on', async () => {
  await using mongod = await startMongod();
  await using server = await startTestServer({ mongodbUri: mongod.uri });
  const [pid = 0] = mongod.pids;
  expect((await probe(server)).status).toBe(200);
  process.kill(pid, 'SIGSTOP');
  try {
    // The last answer holds for a second.
    await eventually(async () => {
      const { status, tookMs } = await probe(server);
      expect(tookMs).toBeLessThan(1_000);
      return status === 503;
    });
    expect(await probe(server)).toMatchObject({ status: 503 });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await eventually(async () => (await probe(server)).status === 200, 15_000);
}, 60_000);
