import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { ConversationId } from '@baton/schema';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RandomRequest, randomRequest } from '../../test/random-request.ts';
import { type BatonServer, startServer } from '../server.ts';
import { UNBOUNDED_RATES } from './limits.ts';
import { API_HEADERS } from './security-headers.ts';
import { newContact, startTestServer, type TestServer } from '../../test/test-server.ts';

/** How many requests the two adapters are compared by; a long run takes 10,000. */
const REQUESTS = Number(process.env['BATON_TEST_REQUESTS'] ?? 250);
const SEED = Number(process.env['BATON_TEST_SEED'] ?? 15);

let server: TestServer;
/** On the same store, and as production runs: it trusts answers that are documents of ours. */
let trusting: BatonServer;
const conversations: ConversationId[] = [];
const logged: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });

beforeAll(async () => {
  server = await startTestServer({ log, validateAnswers: true });
  const { mongodbUri } = server;
  const limits = UNBOUNDED_RATES;
  trusting = await startServer({ mongodbUri, port: 0, log, validateAnswers: false, limits });
  const { api } = server.baton;
  for (let count = 0; count < 4; count += 1) {
    const contact = { name: `Zoë ${count}` };
    const { id } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      contact,
    });
    conversations.push(id);
    for (let message = 0; message < 12; message += 1) {
      await api.messages.append.mutate({
        conversationId: id,
        clientMessageId: `${message}`,
        author: { kind: 'customer' },
        text: `„Größe ${message}“ 🙂?`,
      });
    }
  }
});
const agent = new Agent({ keepAlive: true });

afterAll(async () => {
  await trusting.close();
  await server[Symbol.asyncDispose]();
});

/** What differs between two answers to the same request: the time, and the id of a fault. */
function masked(body: string): string {
  return body
    .replaceAll(/"uptimeMs":\d+/g, '"uptimeMs":0')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, 'error-id');
}

type Answer = { status: number | undefined; headers: Record<string, unknown>; body: string };

/** Only what is answered in one write has a length. */
const isOneWrite = ({ headers }: IncomingMessage) => headers['content-length'] !== undefined;

const COMPARED = [
  'content-type',
  'vary',
  'retry-after',
  'allow',
  'set-cookie',
  'ratelimit-policy',
  ...Object.keys(API_HEADERS),
];

let inOneWrite = 0;

async function send(url: string, sent: RandomRequest, more: Record<string, string> = {}): Promise<Answer> {
  const { method, target: path, body, cutAt } = sent;
  const { hostname, port } = new URL(url);
  const length = body !== null && { 'content-length': body.length };
  const headers = { ...sent.headers, ...length, ...more };
  const isCut = cutAt !== undefined && body !== null;
  const asked = request({ agent: isCut ? false : agent, hostname, port, method, path, headers });
  if (isCut) asked.write(body.subarray(0, body.length * cutAt), () => asked.socket?.end());
  else asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  if (response.statusCode === 200 && isOneWrite(response)) inOneWrite += 1;
  return {
    status: response.statusCode,
    headers: {
      ...Object.fromEntries(COMPARED.map((name) => [name, response.headers[name]])),
      // Of those that are left each request takes some.
      ratelimit: String(response.headers['ratelimit']).replace(/r=\d+/, 'r=N'),
    },
    body: masked(Buffer.concat(await response.toArray()).toString()),
  };
}

/** What is streamed is JSON line by line; all else is one line. */
const parsed = ({ body, ...answer }: Answer) => ({
  ...answer,
  body: body.split('\n').map((line): unknown => (line === '' ? line : JSON.parse(line))),
});

/** A cookie of others is no reason for another answer, but makes the request one for Fastify and tRPC's own adapter. */
const toOwnAdapter = (url: string, sent: RandomRequest) => send(url, sent, { cookie: 'theme=dark' });

describe('plain JSON calls', () => {
  test(
    `have the status, headers and bytes of tRPC’s own adapter, of ${REQUESTS} requests`,
    { timeout: 60_000 + REQUESTS * 60 },
    async () => {
      const known = { key: server.key, plainKey: server.plainKey, conversations };
      const statuses = new Map<number | undefined, number>();
      for (const random of fc.sample(randomRequest(known), { numRuns: REQUESTS, seed: SEED })) {
        const name = `${random.method} ${random.target} ${String(random.body)}`;
        const ours = await send(server.url, random);
        const own = await toOwnAdapter(server.url, random);
        const trusted = await send(trusting.url, random);
        const trustedOwn = await toOwnAdapter(trusting.url, random);
        if (random.cutAt !== undefined) {
          // What comes first, the end of the connection or of a look at the key, is chance.
          const cut = [ours, own, trusted, trustedOwn].map(({ status = 0 }) => status);
          expect(Math.min(...cut), name).toBeGreaterThanOrEqual(400);
          continue;
        }
        expect(ours, name).toEqual(own);
        expect(trusted, name).toEqual(trustedOwn);
        // What validation gives has its keys in the order of the schema.
        expect(parsed(trusted), name).toEqual(parsed(ours));
        statuses.set(ours.status, (statuses.get(ours.status) ?? 0) + 1);
      }
      for (const status of [200, 207, 400, 401, 404, 405, 415]) {
        expect(statuses.get(status), `${status}`).toBeGreaterThan(0);
      }
      expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 4);
      expect(inOneWrite).toBeGreaterThan(REQUESTS / 5);
      expect(logged).toEqual([]);
    },
  );
});
