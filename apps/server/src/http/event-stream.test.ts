import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tracked, TRPCError } from '@trpc/server';
import { sseStreamProducer } from '@trpc/server/unstable-core-do-not-import';
import { describe, expect, test, vi } from 'vitest';
import { eventChunk, EventStream } from './event-stream.ts';

const CLIENT = { reconnectAfterInactivityMs: 15_000 };
const PING_MS = 100;
const SHAPE = { message: 'No — „nein“\n', code: -32_000 };

type Item = { id: string; data: unknown } | { waitMs: number };

/** What tRPC's own producer writes. */
async function written(items: readonly Item[], failure?: Error): Promise<string> {
  async function* data() {
    for (const item of items) {
      if ('waitMs' in item) await sleep(item.waitMs);
      else yield tracked(item.id, item.data);
    }
    if (failure !== undefined) throw failure;
  }
  const ping = { enabled: true, intervalMs: PING_MS };
  const stream = sseStreamProducer({ data: data(), ping, client: CLIENT, formatError: () => SHAPE });
  return new Response(stream).text();
}

/** What a response has written by this stream. */
async function streamed(work: (stream: EventStream) => Promise<void> | void): Promise<string> {
  const server = createServer((_request, response) => {
    void work(new EventStream(response, { client: CLIENT, pingEveryMs: PING_MS }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const text = await (await fetch(`http://127.0.0.1:${port}`)).text();
  server.close();
  return text.replace(/^retry: \d+\n\n/, '');
}

const ITEMS = [
  { id: '1', data: { text: 'Hello', at: null } },
  { id: 'a.b_c', data: { text: 'Zeilen\nund „Zeichen“ 🙂 \u2028' } },
  { id: '3', data: [] },
];

describe('an event stream', () => {
  test('has the very bytes of tRPC’s own, to its end', async () => {
    const own = await streamed(async (stream) => {
      for (const { id, data } of ITEMS) await stream.send(eventChunk(id, JSON.stringify(data)));
      stream.end();
    });
    expect(own).toBe(await written(ITEMS));
    expect(own).toContain('event: return');
  });

  test('tells a failure as tRPC does', async () => {
    const own = await streamed(async (stream) => {
      await stream.send(eventChunk('1', JSON.stringify(ITEMS[0]?.data)));
      stream.fail(SHAPE);
    });
    expect(own).toBe(await written(ITEMS.slice(0, 1), new TRPCError({ code: 'BAD_REQUEST' })));
  });

  test('pings where nothing has come for a while, and not before', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [first, ...others] = ITEMS;
    if (first === undefined) throw new Error('there are some');
    const own = await streamed(async (stream) => {
      await stream.send(eventChunk(first.id, JSON.stringify(first.data)));
      vi.advanceTimersByTime(PING_MS * 0.6);
      for (const { id, data } of others) await stream.send(eventChunk(id, JSON.stringify(data)));
      vi.advanceTimersByTime(PING_MS * 0.6);
      vi.advanceTimersByTime(PING_MS);
      stream.end();
      vi.advanceTimersByTime(PING_MS * 10);
    });
    vi.useRealTimers();
    const [ping] = /event: ping\n[^e]*/.exec(await written([{ waitMs: PING_MS * 3 }])) ?? [];
    expect(own).toBe((await written(ITEMS)).replace('event: return', `${ping}event: return`));
  });

  test('waits for a client that does not read, and ends its wait when the client is gone', async () => {
    const sent = Promise.withResolvers<number>();
    const server = createServer((_request, response) => void fill(response));
    async function fill(response: ServerResponse): Promise<void> {
      const stream = new EventStream(response, { client: CLIENT, pingEveryMs: 10 });
      let count = 0;
      while (!response.destroyed) {
        await stream.send(eventChunk(String((count += 1)), 'x'.repeat(100_000)));
      }
      await stream.send(eventChunk('late', 'x'));
      stream.end();
      sent.resolve(count);
    }
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const socket: Socket = connect(typeof address === 'object' && address !== null ? address.port : 0);
    socket.write('GET / HTTP/1.1\r\nHost: baton\r\n\r\n');
    await once(socket, 'readable');
    await sleep(300);
    socket.destroy();
    // What the kernel takes for a connection, and no more.
    expect(await sent.promise).toBeLessThan(200);
    server.close();
  });

  test('waits for a client whose earlier request is still being answered, and keeps no more for it', async () => {
    const waiting = Promise.withResolvers<number>();
    const server = createServer((request, response) => {
      if (request.url === '/feed') void fill(response);
    });
    async function fill(response: ServerResponse): Promise<void> {
      const stream = new EventStream(response, { client: CLIENT, pingEveryMs: 10_000 });
      for (let count = 1; count <= 50; count += 1) {
        const sent = stream.send(eventChunk(String(count), 'x'.repeat(100_000)));
        if (sent === undefined) continue;
        waiting.resolve(count);
        await sent;
        return;
      }
      waiting.reject(new Error('All of it was kept'));
    }
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const socket = connect(typeof address === 'object' && address !== null ? address.port : 0);
    socket.write('GET / HTTP/1.1\r\nHost: baton\r\n\r\nGET /feed HTTP/1.1\r\nHost: baton\r\n\r\n');
    expect(await waiting.promise).toBeLessThan(5);
    socket.destroy();
    server.close();
  });

  test('keeps what comes while an earlier request of the connection is still being answered', async () => {
    const responses: ServerResponse[] = [];
    const server = createServer((request, response) => {
      responses.push(response);
      if (request.url !== '/feed') return;
      const stream = new EventStream(response, { client: CLIENT, pingEveryMs: 10_000 });
      void stream.send(eventChunk('1', '"early"'));
      responses[0]?.end('first');
      setImmediate(() => {
        void stream.send(eventChunk('2', '"late"'));
        stream.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const socket = connect(typeof address === 'object' && address !== null ? address.port : 0);
    socket.write('GET / HTTP/1.1\r\nHost: baton\r\n\r\nGET /feed HTTP/1.1\r\nHost: baton\r\n\r\n');
    let text = '';
    while (!text.endsWith('0\r\n\r\n') || !text.includes('return')) {
      const [data]: Buffer[] = await once(socket, 'data');
      text += data?.toString() ?? '';
    }
    socket.destroy();
    server.close();
    expect(text.match(/data: "\w+"\nid: \d/g)).toEqual(['data: "early"\nid: 1', 'data: "late"\nid: 2']);
  });
});
