import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen } from '../listen.ts';
import { rawCaller } from './raw-caller.ts';

let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url === '/close') request.socket.destroy();
    else if (request.url === '/refused') response.writeHead(429, { 'content-length': 2 }).end('no');
    else if (request.url === '/pieces') {
      request.socket.write('HTTP/1.1 200 OK\r\ncontent-', () =>
        setImmediate(() => request.socket.write('length: 4\r\n\r\ndo', () => request.socket.write('ne'))),
      );
    } else if (request.url === '/chunked') response.write('in ', () => response.end('chunks'));
    else request.resume().on('end', () => response.writeHead(200, { 'content-length': 4 }).end('done'));
  });
  url = await listen(server);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('asks one thing after the other on one connection', async () => {
  using caller = rawCaller(url, 'key');
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await caller.ask('/one');
  await caller.ask('/chunked');
  await caller.ask('/two', { text: 'hello' });
  await expect(caller.ask('/refused')).rejects.toThrow('HTTP/1.1 429');
  expect(connections).toBe(1);
});

test('is told where the server breaks off, and connects again', async () => {
  using caller = rawCaller(url, 'key');
  await expect(caller.ask('/close')).rejects.toThrow(/closed|ECONNRESET/);
  await caller.ask('/after');
});

test('connects again where the server ended the connection with a word', async () => {
  const connected = once(server, 'connection');
  using caller = rawCaller(url, 'key');
  const [socket] = await connected;
  const closed = once(socket, 'close');
  socket.end('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n');
  await closed;
  await caller.ask('/after');
});

test('waits for an answer that comes in pieces, its head too', async () => {
  using caller = rawCaller(url, 'key');
  await caller.ask('/pieces');
});
