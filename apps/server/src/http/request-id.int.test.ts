import { faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRaw } from '../../test/raw-request.ts';
import { startTestServer, type TestServer } from '../../test/test-server.ts';
import { createLog } from '../observe/log.ts';

const NEW_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let database: FaultyDatabase;
let server: TestServer;
const lines: string[] = [];
beforeAll(async () => {
  const log = createLog({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  database = await faultyDatabase();
  server = await startTestServer({ mongodbUri: database.uri, log });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function idOfAnswer(path: string, given?: string, more: Record<string, string> = {}) {
  const headers = { authorization: `Bearer ${server.key}`, ...more, ...(given && { 'x-request-id': given }) };
  const response = await fetch(`${server.url}${path}`, { headers });
  await response.body?.cancel();
  return response.headers.get('x-request-id');
}

const FEED = `/trpc/feed.tenant?input=${encodeURIComponent('{}')}`;

test.each([
  ['a plain call', '/trpc/tenant.get', {}],
  ['one that Fastify answers', '/trpc/tenant.get', { cookie: 'theme=dark' }],
  ['one that is refused', '/trpc/no.such', {}],
  ['an address with nothing', '/nothing', {}],
  ['a feed', FEED, {}],
  ['a probe', '/healthz', {}],
])('the answer to %s has the id that it came with, or a new one', async (_name, path, more) => {
  expect(await idOfAnswer(path, 'Root=1-67891233-abcdef01', more)).toBe('Root=1-67891233-abcdef01');
  expect(await idOfAnswer(path, undefined, more)).toMatch(NEW_ID);
});

test('the answer to an expectation that cannot be met has it, too', async () => {
  using connection = connectRaw(server.url);
  connection.send('GET /healthz HTTP/1.1\r\nHost: baton\r\nExpect: wonders\r\nX-Request-Id: mine\r\n\r\n');
  const { status, headers } = await connection.answer();
  expect([status, headers.get('x-request-id')]).toEqual([417, 'mine']);
});

test.each(['a b', 'x'.repeat(129), 'é', '"{}"', `baton_${'x'.repeat(43)}`])(
  'an id that is long, odd or a secret is replaced: %s',
  async (given) => {
    expect(await idOfAnswer('/healthz', given)).toMatch(NEW_ID);
  },
);

test('a fault is in the log under the id of its request, whichever way it was served', async () => {
  const failing = (given: string, more: Record<string, string>) =>
    database.whileFailing('conversations', { failCommands: ['find'], times: 3, errorCode: 2 }, () =>
      idOfAnswer('/trpc/conversations.list?input=%7B%7D', given, more),
    );
  await failing('plain', {});
  await failing('fastify', { cookie: 'theme=dark' });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'Unexpected fault', requestId: 'plain', errorId: expect.stringMatching(NEW_ID) },
    { msg: 'Unexpected fault', requestId: 'fastify' },
  ]);
});
