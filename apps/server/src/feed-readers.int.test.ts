import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, newContact, startTestServer, type TestServer } from '../test/test-server.ts';

const SILENCE_MS = 2_000;

let server: TestServer;
let conversationId: string;

beforeAll(async () => {
  server = await startTestServer({ longestSilenceMs: SILENCE_MS });
  const created = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  conversationId = created.id;
});
afterAll(() => server[Symbol.asyncDispose]());

/** Opens the feed by hand, so that what comes is read only where somebody does. */
async function open(): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const input = encodeURIComponent(JSON.stringify({ conversationId }));
  socket.write(
    [
      `GET /trpc/feed.conversation?input=${input} HTTP/1.1`,
      'Host: baton',
      `Authorization: Bearer ${server.key}`,
      '\r\n',
    ].join('\r\n'),
  );
  return socket;
}

test('a feed tells its readers how soon to come back after a break', async () => {
  const socket = await open();
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  await eventually(() => text.includes('event: connected'));
  const afterMs = Number(/^retry: (\d+)$/m.exec(text)?.[1]);
  expect(afterMs).toBeGreaterThanOrEqual(400);
  expect(afterMs).toBeLessThanOrEqual(800);
  socket.destroy();
  await eventually(() => server.store.feed.subscriptions === 0);
});

test('a reader that no longer reads is let go, though there is always more for it', async () => {
  const stalled = await open();
  stalled.pause();
  await eventually(() => server.store.feed.subscriptions === 1);
  let turns = 0;
  const isCut = async () => {
    turns += 1;
    await server.baton.api.messages.appendTurn.mutate({
      conversationId,
      messages: Array.from({ length: 10 }, (_, index) => ({
        clientMessageId: `${turns}-${index}`,
        author: { kind: 'customer' as const },
        text: 'x'.repeat(32_000),
      })),
    });
    return server.store.feed.subscriptions === 0;
  };
  await eventually(isCut, 20_000);
  stalled.destroy();
}, 30_000);
