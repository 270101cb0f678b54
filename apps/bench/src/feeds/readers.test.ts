import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../listen.ts';
import { Readers } from './readers.ts';

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => answer(response));
  onTestFinished(() => void server.close());
  return `${await listen(server)}/feed?input=1`;
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
  await sleep(20);
  open[1]?.write('data: 1\nid: 1\n\n\n');
  open[1]?.write('data: 2\nid: 2\n\n\n');
  const arrivals = await waiting;
  expect(arrivals).toHaveLength(2);
  for (const { first, last } of arrivals) expect(last - first).toBeGreaterThan(10);
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
