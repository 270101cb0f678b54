import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Readers } from './readers.ts';

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/feed?input=1`;
}

test('tells when the first and the last reader had each event', async () => {
  const open: ServerResponse[] = [];
  const url = await serve((response) => {
    open.push(response);
    response.write('event: connected\ndata: {}\n\n\n');
  });
  const readers = new Readers();
  expect(await readers.answer({ what: 'open', url, headers: { 'x-from': 'bench' }, count: 2 })).toEqual([]);
  expect(open.map(({ req }) => [req.url, req.headers['x-from']])).toEqual([
    ['/feed?input=1', 'bench'],
    ['/feed?input=1', 'bench'],
  ]);
  const waiting = readers.answer({ what: 'wait', events: 2 });
  open[0]?.write('data: 1\nid: 1\n\n\ndata: 2\nid: 2\n\n\n');
  open[1]?.write('data: 1\nid: 1\n\n\n');
  open[1]?.write('data: 2\nid: 2\n\n\n');
  const arrivals = await waiting;
  expect(arrivals).toHaveLength(2);
  for (const { first, last } of arrivals) expect(last).toBeGreaterThanOrEqual(first);
  readers.close();
});

test.each([
  ['by its status', (response: ServerResponse) => response.writeHead(503).end('event: connected')],
  ['in its stream', (response: ServerResponse) => response.write('event: serialized-error\ndata: {}\n\n\n')],
])('a reader that is refused %s is an error', async (_, answer) => {
  const url = await serve(answer);
  await expect(new Readers().answer({ what: 'open', url, headers: {}, count: 1 })).rejects.toThrow(
    /A reader was refused/,
  );
});
