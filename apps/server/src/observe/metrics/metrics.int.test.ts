import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eventually,
  newContact,
  startTestServer,
  type TestServer,
  TENANT,
} from '../../../test/test-server.ts';
import { startServer } from '../../server.ts';

const log = pino({ level: 'silent' });
const TOKEN = 'a-reader';
const METRICS = { host: '127.0.0.1', port: 0, token: TOKEN };

let server: TestServer;
let metricsUrl: string;
beforeAll(async () => {
  server = await startTestServer();
  const { mongodbUri } = server;
  const observed = await startServer({ mongodbUri, port: 0, log, metrics: METRICS, labelledTenants: 1 });
  metricsUrl = observed.metricsUrl ?? '';
  closeObserved = () => observed.close();
  baton = server.connect({ url: observed.url });
  stranger = server.connect({ url: observed.url, apiKey: server.strangerKey });
  url = observed.url;
});
let closeObserved: () => Promise<void>;
let baton: TestServer['baton'];
let stranger: TestServer['baton'];
let url: string;
afterAll(async () => {
  await closeObserved();
  await server[Symbol.asyncDispose]();
});

async function scrape(token: string | null = TOKEN, path = '/metrics', method = 'GET') {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, metricsUrl), { headers, method });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** The value of one series; undefined where there is none. */
async function valueOf(series: string): Promise<number | undefined> {
  const { text } = await scrape();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the metrics', () => {
  test('are for readers with the token, on a port of their own', async () => {
    const { status, headers } = await scrape();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect((await scrape(TOKEN, '/metrics', 'HEAD')).status).toBe(200);
    expect([await scrape(null), await scrape('a-reader2')].map((answer) => answer.status)).toEqual([
      401, 401,
    ]);
    expect((await scrape(TOKEN, '/')).status).toBe(404);
    expect((await scrape(TOKEN, '/metrics', 'POST')).status).toBe(404);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });

  test('count calls by procedure and code, and how long they took', async () => {
    const contactId = newContact();
    await baton.api.conversations.create.mutate({ contactId, channel: 'web' });
    await baton.api.conversations.create.mutate({ contactId, channel: 'web' }).catch(() => undefined);
    await fetch(`${url}/trpc/tenant.get`);
    await fetch(`${url}/trpc/tenant.get?batch=1`, { headers: { cookie: 'theme=dark' } });
    const count = (procedure: string, code: string) =>
      valueOf(`baton_calls_total{procedure="${procedure}",code="${code}"}`);
    expect(await count('conversations.create', 'OK')).toBe(1);
    expect(await count('conversations.create', 'ALREADY_ACTIVE')).toBe(1);
    expect(await count('tenant.get', 'UNAUTHORIZED')).toBe(2);
    expect(await valueOf('baton_call_seconds_count{procedure="conversations.create"}')).toBe(2);
    expect(await valueOf('baton_http_answers_total{status="401"}')).toBeGreaterThan(0);
  });

  test('have labels of tenants for the busiest only', async () => {
    for (let count = 0; count < 3; count += 1)
      await baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
    await stranger.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
    expect(await valueOf(`baton_tenant_commands{tenant="${TENANT}"}`)).toBeGreaterThanOrEqual(3);
    expect(await valueOf('baton_tenant_commands{tenant="globex"}')).toBeUndefined();
    expect(await valueOf('baton_batches_total{outcome="committed"}')).toBeGreaterThanOrEqual(4);
    expect(await valueOf('baton_batch_commands_count')).toBe(
      await valueOf('baton_batches_total{outcome="committed"}'),
    );
  });

  test('show the feed: its readers, and how late entries come', async () => {
    const { id: conversationId } = await baton.api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    using replica = baton.watch(conversationId);
    await replica.until(({ status }) => status === 'live');
    expect(await valueOf('baton_feed_subscriptions')).toBe(1);
    await baton.api.conversations.close.mutate({ conversationId });
    await replica.until(({ conversation }) => conversation?.status === 'completed');
    expect(await valueOf('baton_feed_lag_seconds_count')).toBeGreaterThan(0);
    expect(await valueOf('baton_calls_total{procedure="feed.conversation",code="OK"}')).toBe(1);
  });

  test('show what waits and runs, the pool, the backlog and the process', async () => {
    await eventually(
      async () => (await valueOf('baton_work_runs_total{work="count figures",outcome="done"}')) !== undefined,
    );
    const { text } = await scrape();
    expect(await valueOf('baton_ready')).toBe(1);
    expect(await valueOf('baton_mongodb_connections{client="calls"}')).toBeGreaterThan(0);
    expect(await valueOf('baton_handoffs_overdue_seconds')).toBe(0);
    expect(await valueOf('baton_claims_held')).toBe(0);
    expect(await valueOf('baton_expired_total{kind="handoffs"}')).toBe(0);
    for (const name of [
      'baton_info',
      'baton_commands_waiting',
      'baton_commands_oldest_seconds',
      'baton_reads_waiting',
      'baton_unreadable_documents',
      'baton_claims_overdue_seconds',
      'baton_leases_held',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
  });
});

test('a process that shows no metrics has no address for them', async () => {
  await using plain = await startServer({ mongodbUri: server.mongodbUri, port: 0, log });
  expect(plain.metricsUrl).toBeNull();
});
