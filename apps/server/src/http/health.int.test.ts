import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/test-server.ts';
import { startServer } from '../server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function ask(path: string, method = 'GET') {
  const response = await fetch(`${server.url}${path}`, { method });
  return {
    status: response.status,
    text: await response.text(),
    caching: response.headers.get('cache-control'),
  };
}

describe('a probe needs no credential, and', () => {
  test.each(['/healthz', '/readyz'])('%s is well while the server serves', async (path) => {
    expect(await ask(path)).toEqual({ status: 200, text: 'ok\n', caching: 'no-store' });
    expect(await ask(path, 'HEAD')).toEqual({ status: 200, text: '', caching: 'no-store' });
    expect((await ask(path, 'POST')).status).toBe(404);
  });

  test('/readyz is 503 with a reason while a migration is missing, and /healthz is well', async () => {
    const migrations = server.db.collection('migrations');
    const done = await migrations.findOne({ _id: { $type: 'string' } });
    if (done === null) throw new Error('No migration has run');
    await migrations.deleteOne({ _id: done._id });
    await expect
      .poll(() => ask('/readyz'), { timeout: 5_000, interval: 100 })
      .toMatchObject({ status: 503, text: `Not ready: run baton migrate (${String(done._id)})\n` });
    expect((await ask('/healthz')).status).toBe(200);
    await migrations.insertOne(done);
  });

  test('/readyz is 503 once the server is to stop, which takes calls until its delay is over', async () => {
    const leaving = await startServer({
      mongodbUri: server.mongodbUri,
      port: 0,
      log: pino({ level: 'silent' }),
      stopDelayMs: 500,
    });
    const closing = leaving.close();
    const probe = await fetch(`${leaving.url}/readyz`);
    expect([probe.status, await probe.text()]).toEqual([503, 'Not ready: the server stops\n']);
    const call = await fetch(`${leaving.url}/trpc/admin.health`);
    expect([call.status, call.headers.get('connection')]).toEqual([200, 'close']);
    await call.body?.cancel();
    await closing;
    await expect(fetch(`${leaving.url}/healthz`)).rejects.toThrow('fetch failed');
  });
});
