import { ErrorData } from '@baton/schema';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectRaw, type RawAnswer } from '../../test/raw-request.ts';
import { startTestServer, type TestServer } from '../../test/test-server.ts';
import { startServer } from '../server.ts';

let server: TestServer;
const logged: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });

beforeAll(async () => {
  server = await startTestServer({ log });
});
afterAll(() => server[Symbol.asyncDispose]());

const line = (method: string, target: string) => `${method} ${target} HTTP/1.1\r\nHost: baton\r\n`;
const JSON_TYPE = 'Content-Type: application/json\r\n';
const post = (target: string, body: string, more = '') =>
  `${line('POST', target)}${JSON_TYPE}${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const withKey = () => `Authorization: Bearer ${server.key}\r\n`;

async function ask(request: string, url = server.url): Promise<RawAnswer> {
  using connection = connectRaw(url);
  connection.send(request);
  return await connection.answer();
}

function expectError({ headers, body }: RawAnswer, status: number, code: string): void {
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(body).toMatchObject({
    error: {
      message: expect.stringMatching(/./),
      code: expect.any(Number),
      data: { code: expect.stringMatching(/^[A-Z_]+$/), httpStatus: status },
    },
  });
  const { error } = body as { error: { data: { baton: unknown } } };
  expect(ErrorData.parse(error.data.baton)).toMatchObject({ code });
}

describe('every refusal has the form of an error of Baton', () => {
  const requests: [string, () => string, number, string][] = [
    ['an address outside /trpc', () => `${line('GET', '/nowhere')}\r\n`, 404, 'NOT_FOUND'],
    ['a body for an address outside /trpc', () => post('/nowhere', '{}'), 404, 'NOT_FOUND'],
    ['no procedure', () => `${line('GET', '/trpc')}\r\n`, 404, 'NOT_FOUND'],
    ['an unknown procedure', () => `${line('GET', '/trpc/conversations.steal')}\r\n`, 404, 'NOT_FOUND'],
    ['an unknown method', () => `${line('PROPFIND', '/trpc/admin.health')}\r\n`, 404, 'NOT_FOUND'],
    ['PUT', () => `${line('PUT', '/trpc/admin.health')}\r\n`, 405, 'INVALID_INPUT'],
    ['OPTIONS', () => `${line('OPTIONS', '/trpc/admin.health')}\r\n`, 405, 'INVALID_INPUT'],
    ['CONNECT', () => `CONNECT baton.example:443 HTTP/1.1\r\nHost: baton\r\n\r\n`, 405, 'INVALID_INPUT'],
    ['a mutation by GET', () => `${line('GET', '/trpc/session.signIn')}\r\n`, 405, 'INVALID_INPUT'],
    ['no key', () => post('/trpc/conversations.create', '{}'), 401, 'UNAUTHORIZED'],
    ['no key for a query', () => `${line('GET', '/trpc/session.get')}\r\n`, 401, 'UNAUTHORIZED'],
    [
      'a form',
      () => post('/trpc/session.signIn', 'a=1').replace('application/json', 'text/plain'),
      415,
      'INVALID_INPUT',
    ],
    [
      'a type that is none',
      () => post('/trpc/session.signIn', '{}').replace('application/json', '@'),
      415,
      'INVALID_INPUT',
    ],
    ['no type', () => post('/trpc/session.signIn', '{}').replace(JSON_TYPE, ''), 415, 'INVALID_INPUT'],
    ['malformed JSON', () => post('/trpc/conversations.create', '{"a":', withKey()), 400, 'INVALID_INPUT'],
    [
      'malformed JSON in the address',
      () => `${line('GET', '/trpc/conversations.get?input=%7B')}${withKey()}
`,
      400,
      'INVALID_INPUT',
    ],
    ['a malformed escape', () => `${line('GET', '/trpc/%E0%A4%A')}\r\n`, 400, 'INVALID_INPUT'],
    ['an escaped malformed escape', () => `${line('GET', '/trpc/%25E0%25A4%25A')}\r\n`, 400, 'INVALID_INPUT'],
    ['a malformed target', () => `${line('GET', 'http://[/trpc/admin.health')}\r\n`, 400, 'INVALID_INPUT'],
    ['a very long path', () => `${line('GET', `/trpc/${'a'.repeat(9_000)}`)}\r\n`, 414, 'INVALID_INPUT'],
    [
      'very long headers',
      () => `${line('GET', '/')}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'INVALID_INPUT',
    ],
    ['no host', () => 'GET /trpc/admin.health HTTP/1.1\r\n\r\n', 400, 'INVALID_INPUT'],
    ['a host that is none', () => 'GET /trpc/admin.health HTTP/1.1\r\nHost: [\r\n\r\n', 400, 'INVALID_INPUT'],
    ['another protocol', () => 'NONSENSE\r\n\r\n', 400, 'INVALID_INPUT'],
    [
      'a malformed length',
      () => `${line('POST', '/trpc/session.signIn')}Content-Length: x\r\n\r\n`,
      400,
      'INVALID_INPUT',
    ],
    [
      'malformed chunks',
      () =>
        `${line('POST', '/trpc/conversations.create')}${JSON_TYPE}${withKey()}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n`,
      400,
      'INVALID_INPUT',
    ],
    [
      'an expectation that nobody meets',
      () => `${line('GET', '/trpc/admin.health')}Expect: a miracle\r\n\r\n`,
      417,
      'INVALID_INPUT',
    ],
    [
      'a GET with a large body',
      () => `${line('GET', '/trpc/admin.health')}Content-Length: 100000\r\n\r\n`,
      400,
      'INVALID_INPUT',
    ],
    [
      'a batch too large',
      () =>
        `${line('GET', `/trpc/${Array.from({ length: 51 }, () => 'admin.health').join(',')}?batch=1`)}\r\n`,
      400,
      'INVALID_INPUT',
    ],
    [
      'a subscription in a batch',
      () => `${line('GET', '/trpc/feed.tenant?batch=1')}${withKey()}\r\n`,
      400,
      'INVALID_INPUT',
    ],
    [
      'connection parameters that are none',
      () => `${line('GET', '/trpc/admin.health?connectionParams=%7B')}\r\n`,
      400,
      'INVALID_INPUT',
    ],
  ];

  test.each(requests)('%s', async (_, request, status, code) => {
    const answer = await ask(request());
    expect(answer.status).toBe(status);
    const first = Array.isArray(answer.body) ? { ...answer, body: answer.body[0] } : answer;
    expectError(first, status, code);
    if (status === 405 && !request().startsWith('CONNECT'))
      expect(answer.headers.get('allow')).toMatch(/^(GET, )?POST$/);
    expect(logged).toEqual([]);
  });

  test('a fault, which shows its id only', async () => {
    const lookUp = vi
      .spyOn(server.store.apiKeys, 'authenticate')
      .mockRejectedValueOnce(new TypeError('hunter2'));
    const answer = await ask(
      post('/trpc/conversations.create', '{}', `Authorization: Bearer baton_${'f'.repeat(43)}\r\n`),
    );
    expectError(answer, 500, 'INTERNAL');
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(logged.splice(0).join('')).toContain('hunter2');
    lookUp.mockRestore();
  });

  test('a server that stops', async () => {
    const stopping = await startServer({ mongodbUri: server.mongodbUri, port: 0, log });
    using connection = connectRaw(stopping.url);
    // The second request arrives once the server has begun to stop.
    connection.send(`${line('GET', '/trpc/admin.health')}\r\n${line('GET', '/trpc/admin.health')}X-Slow: `);
    expect((await connection.answer()).status).toBe(200);
    const stopped = stopping.close();
    connection.send('1\r\n\r\n');
    const answer = await connection.answer();
    expectError(answer, 503, 'UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toBe('1');
    await stopped;
    logged.splice(0);
  });
});

describe('HEAD', () => {
  async function head(path: string): Promise<RawAnswer> {
    using connection = connectRaw(server.url);
    connection.send(`${line('HEAD', path)}\r\n`);
    return await connection.answer({ hasBody: false });
  }

  test('asks how the server is', async () => {
    expect((await head('/trpc/admin.health')).status).toBe(200);
    expect((await head('/trpc/admin.ready')).status).toBe(200);
  });

  test('calls nothing else', async () => {
    const answer = await head('/trpc/conversations.list');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});

test('a request that breaks off leaves no trace', async () => {
  const connection = connectRaw(server.url);
  connection.send(
    post('/trpc/conversations.create', '{}', withKey()).replace('Content-Length: 2', 'Content-Length: 9'),
  );
  connection.socket.end();
  await connection.closed;
  connection.socket.destroy();
  expect((await server.query('admin.health')).status).toBe(200);
  expect(logged).toEqual([]);
});
