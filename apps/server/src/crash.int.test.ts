import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBaton, createFollowUpWorker, isRefused } from '@baton/client';
import { connect, migrate, openStore, rebuild, type Store } from '@baton/repository';
import { type ConversationId, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { expect, onTestFinished, test } from 'vitest';

const TENANT = TenantId.parse('crash');
const MAIN = new URL('./main.ts', import.meta.url).pathname;

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The server as a process of its own, once it answers. */
async function serve(mongodbUri: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      MONGODB_URI: mongodbUri,
      BATON_PORT: String(port),
      BATON_HOST: '127.0.0.1',
      BATON_LOG_LEVEL: 'error',
    },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/trpc/admin.health`).catch(() => null);
    if (answer?.ok === true) return child;
    await sleep(50);
  }
  throw new Error('The server does not come up');
}

async function seqsOf(store: Store, conversationId: ConversationId): Promise<number[]> {
  const seqs: number[] = [];
  for (let afterSeq = 0; ;) {
    const { items, more } = await store.timeline.read(TENANT, { conversationId, afterSeq, limit: 500 });
    seqs.push(...items.map(({ seq }) => seq));
    if (!more) return seqs;
    afterSeq = seqs.at(-1) ?? 0;
  }
}

test('a server that is killed in the middle loses nothing that it acknowledged, and does nothing twice', async () => {
  await using database = await testDatabase();
  const connection = await connect(database.uri);
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const { key } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'crash',
    rights: ['import', 'manage'],
  });
  const port = await freePort();
  let server = await serve(database.uri, port);
  const { api } = createBaton({ url: `http://127.0.0.1:${port}`, apiKey: key, attempts: 40 });

  const conversations = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      api.conversations.create.mutate({ contactId: `contact-${index}`, channel: 'web' }),
    ),
  );
  const followUps = await Promise.all(
    conversations.map(({ id }) =>
      api.followUps.schedule.mutate({
        conversationId: id,
        type: 'nurture',
        dueAt: new Date(Date.now() - 1_000).toISOString(),
        maxAttempts: 5,
      }),
    ),
  );
  const handled = new Map<string, number>();
  const worker = createFollowUpWorker(
    { api },
    {
      concurrency: 5,
      leaseMs: 1_000,
      pollMs: 50,
      async handle({ id }, { signal }) {
        await sleep(300, undefined, { signal });
        handled.set(id, (handled.get(id) ?? 0) + 1);
      },
    },
  );

  const acknowledged = new Set<string>();
  const appends = Array.from({ length: 500 }, async (_, index) => {
    await sleep(index / 2);
    const conversation = conversations[index % conversations.length];
    if (conversation === undefined) return;
    const clientMessageId = `message-${index}`;
    await api.messages.append.mutate({
      conversationId: conversation.id,
      clientMessageId,
      author: { kind: 'customer' },
      text: `Message ${index}`,
    });
    acknowledged.add(clientMessageId);
  });
  await sleep(180);
  server.kill('SIGKILL');
  await once(server, 'exit');
  const atTheKill = acknowledged.size;
  server = await serve(database.uri, port);
  const settled = await Promise.allSettled(appends);
  expect(settled.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(atTheKill).toBeLessThan(500);
  expect(acknowledged.size).toBe(500);

  for (const { id } of conversations) {
    const seqs = await seqsOf(store, id);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }
  const said = await store.tables.timeline.collection.find({ tenantId: TENANT, kind: 'message' }).toArray();
  const ids = said.map((entry) => String(entry['clientMessageId']));
  expect(ids).toHaveLength(acknowledged.size);
  expect(new Set(ids)).toEqual(acknowledged);

  for (let wait = 0; wait < 200 && handled.size < followUps.length; wait += 1) await sleep(50);
  await worker.stop();
  const { items } = await store.followUps.list(TENANT, { limit: 100 });
  expect(items.map(({ status }) => status)).toEqual(followUps.map(() => 'completed'));
  const late = await api.followUps.claim.mutate({ limit: 100 });
  expect(late).toEqual([]);
  await expect(
    api.followUps.complete.mutate({ followUpId: followUps[0]?.followUp.id ?? '', leaseToken: 'none' }),
  ).rejects.toSatisfy((error) => isRefused(error, 'LEASE_LOST', 'FOLLOW_UP_NOT_OPEN'));

  expect((await rebuild(store.tables)).differences).toEqual([]);
  server.kill('SIGTERM');
  await once(server, 'exit');
  await connection.client.close();
}, 90_000);
