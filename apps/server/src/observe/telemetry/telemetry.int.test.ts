import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, newContact, startTestServer, type TestServer } from '../../../test/test-server.ts';
import { type BatonServer, startServer } from '../../server.ts';

const TEXT = 'MARKED words';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

type Attribute = { key: string; value: { stringValue?: string; intValue?: number } };
type Span = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: Attribute[];
  status: { code: number };
};
type Metric = {
  name: string;
  sum?: object;
  gauge?: object;
  histogram?: { dataPoints: { count: number; bucketCounts: number[]; explicitBounds: number[] }[] };
};

const received: { path: string; body: string }[] = [];
const collector = createServer((request, response) => {
  const collect = async () => {
    received.push({ path: request.url ?? '', body: await text(request) });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  void collect();
});
let server: TestServer;
let observed: BatonServer;
let conversationId: string;

beforeAll(async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  // A listening TCP server always has an address of this form.
  const { port } = collector.address() as AddressInfo;
  server = await startTestServer();
  observed = await startServer({
    mongodbUri: server.mongodbUri,
    port: 0,
    log: pino({ level: 'silent' }),
    telemetry: { url: `http://127.0.0.1:${port}`, sampledPercent: 0 },
  });
  const headers = {
    authorization: `Bearer ${server.key}`,
    'content-type': 'application/json',
    traceparent: `00-${TRACE}-${PARENT}-01`,
    'x-request-id': 'a-request',
  };
  const call = async (path: string, input: unknown) => {
    const init = { method: 'POST', headers, body: JSON.stringify(input) };
    return (await fetch(`${observed.url}/trpc/${path}`, init)).json();
  };
  const create = { contactId: `${newContact()} ${TEXT}`, channel: 'web' };
  const created = (await call('conversations.create', create)) as { result: { data: { id: string } } };
  conversationId = created.result.data.id;
  const message = { conversationId, clientMessageId: TEXT, text: TEXT };
  await call('messages.append', { ...message, author: { kind: 'customer' } });
  await call('messages.append', {
    ...message,
    clientMessageId: `${TEXT} 2`,
    author: { kind: 'agent', agentId: 'closer' },
  });
  // One without a trace of its own is not sampled here.
  await fetch(`${observed.url}/trpc/tenant.get`, { headers: { authorization: `Bearer ${server.key}` } });
  await observed.close();
  await eventually(() => received.some(({ path }) => path === '/v1/metrics'));
});
afterAll(async () => {
  collector.close();
  collector.closeAllConnections();
  await server[Symbol.asyncDispose]();
});

function spans(): Span[] {
  const bodies = received.filter(({ path }) => path === '/v1/traces').map(({ body }) => JSON.parse(body));
  return bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: Span[] }[] }) =>
      scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}

const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

describe('what is sent to a collector', () => {
  test('is a span for each call, part of the trace of its request, with ids and a code', () => {
    const calls = spans().filter(({ parentSpanId }) => parentSpanId === PARENT);
    expect(calls.map(({ name, traceId }) => [name, traceId])).toEqual([
      ['conversations.create', TRACE],
      ['messages.append', TRACE],
      ['messages.append', TRACE],
    ]);
    const [, said, refused] = calls;
    if (said === undefined || refused === undefined) throw new Error('A span is missing');
    expect(attributesOf(said)).toEqual({
      'rpc.system': 'trpc',
      'rpc.service': 'messages',
      'rpc.method': 'messages.append',
      'baton.request_id': 'a-request',
      'baton.code': 'OK',
      'gen_ai.conversation.id': conversationId,
    });
    expect(attributesOf(refused)).toMatchObject({
      'baton.code': 'NOT_OWNER',
      'error.type': 'NOT_OWNER',
      'gen_ai.agent.id': 'closer',
    });
  });

  test('is a span for each command to MongoDB that a call sends', () => {
    const said = spans().find(({ name }) => name === 'messages.append');
    const commands = spans().filter(({ parentSpanId }) => parentSpanId === said?.spanId);
    expect(commands.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['insert timeline', 'commitTransaction']),
    );
    const insert = commands.find(({ name }) => name === 'insert timeline');
    expect(insert && attributesOf(insert)).toMatchObject({
      'db.system.name': 'mongodb',
      'db.operation.name': 'insert',
      'db.collection.name': 'timeline',
      'server.address': '127.0.0.1',
      'server.port': expect.any(Number),
    });
  });

  test('is the metrics that Prometheus would read, histograms by what lies between their bounds', () => {
    const { body = '{}' } = received.findLast(({ path }) => path === '/v1/metrics') ?? {};
    const metrics: Metric[] = JSON.parse(body).resourceMetrics.flatMap(
      ({ scopeMetrics }: { scopeMetrics: { metrics: Metric[] }[] }) =>
        scopeMetrics.flatMap((scope) => scope.metrics),
    );
    const named = new Map(metrics.map((metric) => [metric.name, metric]));
    expect(named.get('baton_calls_total')?.sum).toMatchObject({ isMonotonic: true });
    expect(named.get('baton_ready')?.gauge).toBeDefined();
    const points = named.get('baton_call_seconds')?.histogram?.dataPoints ?? [];
    expect(points.length).toBeGreaterThanOrEqual(2);
    for (const { count, bucketCounts, explicitBounds } of points) {
      expect(bucketCounts).toHaveLength(explicitBounds.length + 1);
      expect(bucketCounts.reduce((sum, each) => sum + each, 0)).toBe(count);
    }
  });

  test('has no word of a customer, no key, and nothing of a call that nobody traces', () => {
    const sent = received.map(({ body }) => body).join('');
    expect(sent).not.toContain('MARKED');
    expect(sent).not.toContain(server.key);
    expect(spans().some(({ name }) => name === 'tenant.get')).toBe(false);
  });
});

test('a collector that is away keeps nobody from calling or stopping', async () => {
  const alone = await startServer({
    mongodbUri: server.mongodbUri,
    port: 0,
    log: pino({ level: 'silent' }),
    telemetry: { url: 'http://127.0.0.1:1', sampledPercent: 100 },
  });
  const answer = await fetch(`${alone.url}/trpc/admin.health`);
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  await alone.close();
});
