import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongod } from '@baton/mongod';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { eventually, newContact, refusalOf, startTestServer } from '../test/test-server.ts';
import { createLog } from './observe/log.ts';

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  await using probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test.concurrent(
  'while MongoDB is away the server says so and waits; once it is back everything goes on',
  { timeout: 60_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'baton-outage-'));
    const port = await freePort();
    const mongod = await startMongod({ dataDir, port });
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    await using server = await startTestServer({ mongodbUri: mongod.uri, log });
    const { baton } = server;
    const { id: conversationId } = await baton.api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    using replica = baton.watch(conversationId);
    await replica.until(({ status }) => status === 'live');

    await mongod.stop();
    const said = baton.api.messages.append.mutate({
      conversationId,
      clientMessageId: 'm',
      author: { kind: 'customer' },
      text: 'Anyone?',
    });
    const wrongKey = `baton_${'x'.repeat(43)}`;
    const [health, ready, query, unknownKey, claim] = await Promise.all([
      server.query('admin.health'),
      server.query('admin.ready'),
      server.query('conversations.get', { conversationId }),
      server.query('conversations.get', { conversationId }, { key: wrongKey }),
      server.mutate('followUps.claim', {}),
    ]);
    expect(health).toMatchObject({ status: 200, body: { result: { data: { ok: true } } } });
    expect(ready).toMatchObject({
      status: 503,
      body: {
        error: {
          message: 'Not ready: MongoDB does not answer',
          data: { baton: { code: 'UNAVAILABLE', details: { ready: false, mongodb: false } } },
        },
      },
    });
    for (const answer of [query, unknownKey, claim]) {
      expect(answer).toMatchObject({
        status: 503,
        body: { error: { data: { code: 'SERVICE_UNAVAILABLE', baton: { code: 'UNAVAILABLE' } } } },
      });
    }

    await using again = await startMongod({ dataDir, port });
    expect(again.uri).toBe(mongod.uri);
    expect((await said).entry).toMatchObject({ seq: 2, text: 'Anyone?' });
    await replica.until(({ conversation }) => conversation?.lastSeq === 2);
    await eventually(
      async () => JSON.stringify(await server.query('admin.ready')).includes('"ready":true'),
      10_000,
    );
    expect(await baton.api.conversations.get.query({ conversationId })).toEqual(replica.state.conversation);
    const { items } = await baton.api.conversations.timeline.query({ conversationId });
    expect(replica.state.entries).toEqual(items);
    expect(items).toHaveLength(2);

    const written = lines.join('\n');
    expect(written).not.toContain('Anyone?');
    expect(written).not.toContain(server.key);
    expect(written).not.toContain(wrongKey);
    await server.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  },
);

test.concurrent(
  'that stays away gives a command up as UNAVAILABLE in the end, and its words reach no log',
  { timeout: 60_000 },
  async () => {
    const mongod = await startMongod();
    const lines: string[] = [];
    const log = createLog({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    await using server = await startTestServer({ mongodbUri: mongod.uri, log });
    const impatient = server.connect({ attempts: 1 }).api;
    const { id: conversationId } = await impatient.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    await mongod.stop();
    const said = impatient.messages.append.mutate({
      conversationId,
      clientMessageId: 'm',
      author: { kind: 'customer' },
      text: 'My card is 4111',
    });
    expect(await refusalOf(said)).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
    await eventually(() => lines.some((line) => line.includes('expire handoffs')), 10_000);
    expect(lines.join('\n')).not.toContain('4111');
    expect(lines.join('\n')).not.toContain(server.key);
  },
);
