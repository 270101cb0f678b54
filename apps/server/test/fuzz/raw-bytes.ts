import { connect } from 'node:net';
import fc from 'fast-check';

const heads = fc
  .record({
    method: fc.constantFrom(
      'GET',
      'POST',
      'OPTIONS',
      'PUT',
      'get',
      'G\u0000T',
      'PRI',
      'HEAD',
      'CONNECT',
      'TRACE',
    ),
    target: fc.oneof(
      fc.constantFrom(
        '/trpc/admin.health',
        '/trpc/messages.append',
        '/trpc/%00',
        '/trpc/%2e%2e/%2e%2e',
        '/trpc/a%',
        '//trpc//',
        '*',
        'http://evil.example/trpc/admin.health',
        '/trpc/__proto__',
        '/trpc/constructor.prototype',
        '/trpc/feed.tenant?input=%7B',
        '/trpc/admin.health,admin.health?batch=1&input={"0":null,"__proto__":{"a":1}}',
        '/?token=%ff%fe',
        `/${'a'.repeat(9_000)}`,
      ),
      fc.string({ maxLength: 60 }).map((text) => `/trpc/${text}`),
    ),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''),
    headers: fc.array(
      fc.constantFrom(
        'Host: baton',
        'Host: baton',
        'Host: [',
        'Content-Length: 2',
        'Content-Length: -1',
        'Content-Length: 99999999999999999999',
        'Content-Length: 2\r\nContent-Length: 3',
        'Transfer-Encoding: chunked',
        'Transfer-Encoding: gzip, chunked',
        'Content-Type: application/json',
        'Content-Type: application/json; charset=utf-7',
        'Content-Type: multipart/form-data; boundary=x',
        'Content-Encoding: gzip',
        'Expect: 100-continue',
        'Upgrade: websocket\r\nConnection: Upgrade',
        'Authorization: Bearer ',
        'Authorization: Basic Og==',
        'Cookie: baton_session=%00; baton_session=x',
        'Cookie: __proto__=1; constructor=2',
        'Origin: null',
        'X-Forwarded-For: 1.2.3.4, ::ffff:1.2.3.4, ::1%eth0, x',
        'X-Forwarded-Host: a b',
        'X-Request-Id: \u0001',
        'trpc-accept: application/jsonl',
        'Accept: text/event-stream',
        'Last-Event-Id: $',
        `X-Long: ${'x'.repeat(20_000)}`,
        ' folded: yes',
        'no colon',
      ),
      { maxLength: 7 },
    ),
    body: fc.constantFrom('', '{}', '{"a":', 'zz\r\n\r\n', '2\r\n{}\r\n0\r\n\r\n', '\u0000'.repeat(100)),
  })
  .map(({ method, target, version, headers, body }) =>
    Buffer.from(
      `${method} ${target} ${version}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`,
    ),
  );

/** What a client may send that is hardly HTTP. */
export const rawBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: heads },
  {
    weight: 2,
    arbitrary: fc.array(heads, { minLength: 2, maxLength: 4 }).map((each) => Buffer.concat(each)),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  },
  { weight: 1, arbitrary: fc.tuple(heads, fc.nat(60)).map(([head, at]) => head.subarray(0, at)) },
);

const PATIENCE_MS = 300;

/**
 * Sends bytes on a connection of their own.
 * @returns the statuses that came back until the connection ended, or for a while
 */
export function sendRaw(url: string, bytes: Buffer): Promise<number[]> {
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  const end = () => {
    clearTimeout(timer);
    socket.destroy();
    resolve([...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)));
  };
  const timer = setTimeout(end, PATIENCE_MS);
  socket
    .on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    .on('error', () => undefined)
    .once('close', end);
  socket.end(bytes);
  return promise;
}
