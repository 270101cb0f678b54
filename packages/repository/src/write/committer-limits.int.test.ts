import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMongod } from '@baton/mongod';
import { ObjectId } from 'mongodb';
import { describe, expect, test, vi } from 'vitest';
import {
  caller,
  codesOf,
  conversations,
  fail,
  openFaulty,
  refusedWith,
  said,
  says,
  sayTwice,
  TENANT,
  useFaultyMongod,
} from '../../test/faulty-store.ts';
import { connect } from '../connection/connection.ts';
import { ReadGate } from '../fairness/read-gate.ts';
import { TenantActivity } from '../fairness/tenant-activity.ts';
import { migrate } from '../maintenance/migrations.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { openStore } from '../store.ts';
import { Committer } from './committer.ts';

useFaultyMongod();

describe('more than can be done', () => {
  test("a command beyond its tenant's share of the queue is refused at once, and the others are done", async () => {
    await using opened = await openFaulty({ queueLimit: 100 });
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    const results = await Promise.allSettled(
      Array.from({ length: 130 }, (_, index) =>
        store.execute(caller, 'messages.append', says(conversation, `${index}`)),
      ),
    );
    expect(codesOf(results)).toEqual(results.map((_, index) => (index < 90 ? 'ok' : 'RATE_LIMITED')));
    expect((await said(store)).get(conversation.id)).toHaveLength(90);
    await store.execute(caller, 'messages.append', says(conversation, 'there is room again'));
  });

  test('a command that mongod does not take in time is refused at its deadline, and not done later', async () => {
    await using opened = await openFaulty({ deadlineMs: 600 });
    const { store } = opened;
    const [one, two] = await conversations(store, 2);
    if (one === undefined || two === undefined) throw new Error('two were made');
    await fail(['insert'], 'alwaysOn', { errorCode: 112, errorLabels: ['TransientTransactionError'] });
    const from = performance.now();
    const results = await sayTwice(store, [one, two]);
    const elapsed = performance.now() - from;
    expect(codesOf(results)).toEqual(results.map(() => 'UNAVAILABLE'));
    expect(elapsed).toBeGreaterThan(550);
    expect(elapsed).toBeLessThan(2_000);
    await store.drain();
    await fail(['insert'], 0, {});
    expect(await said(store)).toEqual(new Map());
    await store.execute(caller, 'messages.append', says(one, 'and on it goes'));
    expect((await said(store)).get(one.id)).toEqual(['and on it goes']);
  });

  test('a command waits no longer than its deadline behind one that hangs', async () => {
    await using opened = await openFaulty({ deadlineMs: 500 });
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    const met = await fail(['update'], 1, { blockConnection: true, blockTimeMS: 1_500 });
    const hanging = store.execute(caller, 'messages.append', says(conversation, 'hangs'));
    await met();
    const from = performance.now();
    const results = await Promise.allSettled([
      store.execute(caller, 'messages.append', says(conversation, 'waits behind it')),
      hanging,
    ]);
    expect(codesOf(results)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(performance.now() - from).toBeLessThan(1_200);
    await store.drain();
    // What travels already may still arrive: a retry of it is answered, not said twice.
    await store.execute(caller, 'messages.append', says(conversation, 'hangs'));
    expect((await said(store)).get(conversation.id)).toEqual(['hangs']);
  });

  test('a command that comes later and has less time left is refused at its own deadline', async () => {
    await using opened = await openFaulty();
    const { store, connection } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    const activity = new TenantActivity();
    const reads = new ReadGate(10, activity);
    const { collections } = store;
    const committer = new Committer({ client: connection.client, collections, reads, activity });
    const request = (text: string) => ({
      ...caller,
      conversationId: conversation.id,
      command: { type: 'messages.append' as const, input: says(conversation, text) },
      id: new ObjectId().toHexString(),
      key: null,
    });
    const met = await fail(['update'], 1, { blockConnection: true, blockTimeMS: 1_500 });
    const first = committer.submit(request('has ten seconds'));
    await met();
    const from = performance.now();
    await expect(committer.submit(request('has few'), from + 200)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(performance.now() - from).toBeLessThan(1_000);
    await first;
    await committer.drain();
    expect((await said(store)).get(conversation.id)).toEqual(['has ten seconds']);
  });

  test('drain waits for everything that was taken', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const all = await conversations(store, 20);
    const met = await fail(['update'], 2, { blockConnection: true, blockTimeMS: 300 });
    let settled = 0;
    const pending = all.map((conversation) =>
      store.execute(caller, 'messages.append', says(conversation, '1')).finally(() => (settled += 1)),
    );
    await met();
    expect(store.depth).toBe(20);
    await store.drain();
    expect(settled).toBe(20);
    expect(store.depth).toBe(0);
    await Promise.all(pending);
    await store.drain();
  });
});

describe('mongod away', () => {
  test('its commands are UNAVAILABLE within their deadline, and the store goes on when it is back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'baton-faults-'));
    let own = await startMongod({ dataDir });
    const port = Number(new URL(own.uri).port);
    const connection = await connect(own.uri);
    await migrate(connection.db);
    const store = openStore({ ...connection, deadlineMs: 1_500 });
    await store.agents.ensureDefaults(TENANT, {});
    const all = await conversations(store, 4);
    const acknowledged = new Set<string>();
    const acknowledgedAtLeast = (count: number) =>
      vi.waitUntil(() => acknowledged.size >= count, { interval: 5, timeout: 10_000 });
    let goesOn = true;
    let slowest = 0;
    let unavailable = 0;
    const callers = all.map(async (conversation) => {
      for (let count = 0; goesOn; count += 1) {
        const message = says(conversation, `${count}`);
        const from = performance.now();
        try {
          await store.execute(caller, 'messages.append', message);
          acknowledged.add(`${conversation.id}/${count}`);
          await sleep(1);
        } catch (error) {
          expect(error).toEqual(refusedWith('UNAVAILABLE'));
          unavailable += 1;
        }
        slowest = Math.max(slowest, performance.now() - from);
      }
    });
    await acknowledgedAtLeast(20);
    await own.stop();
    const before = acknowledged.size;
    // Longer than the deadline of a command.
    await sleep(2_000);
    own = await startMongod({ dataDir, port });
    await acknowledgedAtLeast(before + 20);
    goesOn = false;
    await Promise.all(callers);
    await store.drain();
    expect(acknowledged.size).toBeGreaterThanOrEqual(before + 20);
    expect(unavailable).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(2_500);
    const texts = await said(store);
    for (const [id, kept] of texts)
      expect(new Set(kept).size, `nothing is said twice in ${id}`).toBe(kept.length);
    const kept = new Set([...texts].flatMap(([id, list]) => list.map((text) => `${id}/${text}`)));
    expect([...acknowledged].filter((message) => !kept.has(message))).toEqual([]);
    expect((await rebuild(store.collections)).differences).toEqual([]);
    await connection.client.close();
    await own.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});
