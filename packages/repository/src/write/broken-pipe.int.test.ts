import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { AppendTurn } from '@baton/schema';
import { expect, test } from 'vitest';
import {
  caller,
  conversations,
  mongod,
  openFaulty,
  refusedWith,
  said,
  useFaultyMongod,
} from '../../test/faulty-store.ts';

useFaultyMongod();

/** More than the sockets' buffers hold, so that the driver waits until they drain. */
const LARGE = 8_000_000;
/** How long a large message waits in the buffers before its pipe breaks, in milliseconds. */
const STUCK_MS = 100;

type BreakingProxy = AsyncDisposable & { uri: string; breaks: number };

/** A way to mongod that breaks while a large message is on it, as often as told. */
async function startBreakingProxy(): Promise<BreakingProxy> {
  const proxy = createServer((client: Socket) => {
    const server = createConnection(Number(new URL(mongod.uri).port), '127.0.0.1');
    client.on('data', (sent) => {
      const length = sent.length >= 4 ? sent.readInt32LE() : 0;
      if (state.breaks > 0 && length > LARGE && length < 2 * LARGE) {
        state.breaks -= 1;
        client.pause();
        setTimeout(() => client.resetAndDestroy(), STUCK_MS);
      } else server.write(sent);
    });
    server.on('data', (answer) => client.write(answer));
    for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const state = {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    breaks: 0,
    async [Symbol.asyncDispose]() {
      await new Promise((closed) => proxy.close(closed));
    },
  };
  return state;
}

const turn = (conversationId: string) =>
  AppendTurn.parse({
    conversationId,
    messages: Array.from({ length: 100 }, (_, index) => ({
      clientMessageId: `${index}`,
      author: { kind: 'customer' },
      text: '€'.repeat(32_000),
    })),
  });

test('a pipe that breaks in the middle of a large write costs another try', async () => {
  await using proxy = await startBreakingProxy();
  await using opened = await openFaulty({}, proxy.uri);
  const { store } = opened;
  const [conversation] = await conversations(store, 1);
  if (conversation === undefined) throw new Error('one was made');
  proxy.breaks = 2;
  const { entries } = await store.execute(caller, 'messages.appendTurn', turn(conversation.id));
  expect(proxy.breaks).toBe(0);
  expect(entries).toHaveLength(100);
  expect((await said(store)).get(conversation.id)).toHaveLength(100);
});

test('a pipe that breaks each time is UNAVAILABLE in the end, and no fault', async () => {
  await using proxy = await startBreakingProxy();
  await using opened = await openFaulty({ deadlineMs: 2_000 }, proxy.uri);
  const { store } = opened;
  const [conversation] = await conversations(store, 1);
  if (conversation === undefined) throw new Error('one was made');
  proxy.breaks = Infinity;
  const refused = store.execute(caller, 'messages.appendTurn', turn(conversation.id));
  await expect(refused).rejects.toEqual(refusedWith('UNAVAILABLE'));
  proxy.breaks = 0;
});
