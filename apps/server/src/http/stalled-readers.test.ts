import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StalledReaders } from './stalled-readers.ts';

const RATE = 1_000;

/** What of a socket counts here. */
class FakeSocket extends EventEmitter {
  writableLength = 0;
  bytesWritten = 0;
  isDestroyed = false;

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }

  /** Has so much more to send, of which so much has gone. */
  write(bytes: number, sent: number): void {
    this.bytesWritten += bytes;
    this.writableLength += bytes - sent;
  }

  send(bytes: number): void {
    this.writableLength -= bytes;
  }
}

let readers: StalledReaders;
const server = new EventEmitter();

beforeEach(() => {
  vi.useFakeTimers();
  readers = new StalledReaders(RATE);
  readers.follow(server);
});
afterEach(() => {
  readers[Symbol.dispose]();
  server.removeAllListeners();
  vi.useRealTimers();
});

function connected(): FakeSocket {
  const socket = new FakeSocket();
  server.emit('connection', socket);
  return socket;
}

test('a client that reads nothing of what waits for it is disconnected', () => {
  const [stalled, idle] = [connected(), connected()];
  stalled.write(8_000_000, 100_000);
  idle.write(500, 500);
  vi.advanceTimersByTime(30_000);
  expect(stalled.isDestroyed).toBe(false);
  vi.advanceTimersByTime(5_000);
  expect([stalled.isDestroyed, idle.isDestroyed]).toEqual([true, false]);
});

test('one that reads a little now and then is, one that reads slowly is not', () => {
  const [trickling, slow] = [connected(), connected()];
  for (const socket of [trickling, slow]) socket.write(8_000_000, 0);
  for (let second = 0; second < 90; second += 1) {
    trickling.send(10);
    slow.send(2 * RATE);
    vi.advanceTimersByTime(1_000);
  }
  expect([trickling.isDestroyed, slow.isDestroyed]).toEqual([true, false]);
});

test('the time begins anew once everything was read', () => {
  const reader = connected();
  for (let round = 0; round < 4; round += 1) {
    reader.write(1_000, 0);
    vi.advanceTimersByTime(20_000);
    reader.send(1_000);
    vi.advanceTimersByTime(5_000);
  }
  expect(reader.isDestroyed).toBe(false);
});

test('how far one long answer has come counts, of a client that reads it slowly', async () => {
  const answer = Buffer.alloc(64_000_000);
  const http = createServer((_request, response) => response.end(answer));
  let now = 0;
  using judge = new StalledReaders(RATE, () => now);
  judge.follow(http);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  // A listening TCP server always has an address of this form.
  const { port } = http.address() as AddressInfo;
  const ask = async () => {
    const client = connect(port, '127.0.0.1');
    const [socket] = (await once(http, 'connection')) as [Socket];
    client.write('GET / HTTP/1.1\r\nHost: baton\r\n\r\n');
    await once(http, 'request');
    return { client, socket };
  };
  const [slow, stalled] = [await ask(), await ask()];
  judge.look();
  for (let round = 0; round < 2; round += 1) {
    await readSome(slow.client, 20_000_000);
    now += 30_000;
    judge.look();
  }
  expect([slow.socket.destroyed, stalled.socket.destroyed]).toEqual([false, true]);
  for (const { client } of [slow, stalled]) client.destroy();
  http.closeAllConnections();
  http.close();
});

async function readSome(client: Socket, bytes: number): Promise<void> {
  const closed = once(client, 'close');
  for (let read = 0; read < bytes && !client.closed;) {
    const chunk: unknown = client.read();
    if (Buffer.isBuffer(chunk)) read += chunk.length;
    else await Promise.race([once(client, 'readable'), closed]);
  }
}
