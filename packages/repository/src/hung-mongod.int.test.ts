import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningMongod, startMongod } from '@baton/mongod';
import {
  ClaimFollowUps,
  CreateConversation,
  ListConversations,
  MetricsPeriod,
  ReadTimeline,
  RegisterAgent,
  RequestHandoff,
} from '@baton/schema';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caller, conversations, type Opened, openFaulty, says, TENANT } from '../test/faulty-store.ts';

/** What a caller of a hung primary waits at most, in milliseconds. */
const LONGEST_WAIT_MS = 12_000;
const DEADLINE_MS = 2_000;

type Outcome = { code: string; tookMs: number };

/** How a call ends, and how long it took. */
async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  const from = performance.now();
  const code = await call().then(
    () => 'ok',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
  return { code, tookMs: Math.round(performance.now() - from) };
}

/** The threads of a process that are not stopped, as Linux tells them. */
async function runningThreads(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const states = threads.map((thread) =>
    readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ''),
  );
  return (await Promise.all(states)).filter((stat) => /\) [^T]/.test(stat));
}

/** Does something while a process is stopped. */
async function whileStopped<Result>(pid: number, work: () => Promise<Result>): Promise<Result> {
  process.kill(pid, 'SIGSTOP');
  try {
    // On a busy machine its threads stop one after the other; where there is no /proc, it is left at that.
    while ((await runningThreads(pid)).length > 0) await sleep(5);
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** What changes a conversation, of all that is tried below. */
const COMMANDS = [
  'append',
  'accept, whose conversation is looked up',
  'create',
  'findOrCreate',
  'findOrCreate with a key',
];

describe('a mongod that hangs', () => {
  let mongod: RunningMongod;
  let opened: Opened;
  let outcomes: Record<string, Outcome>;

  beforeAll(async () => {
    mongod = await startMongod();
    opened = await openFaulty({ deadlineMs: DEADLINE_MS }, mongod.uri);
    const { store } = opened;
    const [one, two] = await conversations(store, 2);
    if (one === undefined || two === undefined) throw new Error('two were made');
    const { entries } = await store.execute(
      caller,
      'handoffs.request',
      RequestHandoff.parse({
        conversationId: two.id,
        from: 'supervisor',
        to: 'closer',
        reason: 'Ready',
        trigger: 'manual',
      }),
    );
    const handoff = entries.find((entry) => entry.kind === 'handoff')?.handoff;
    if (handoff === undefined) throw new Error('a handoff was asked for');
    const { key } = await store.apiKeys.create({ tenantId: TENANT, name: 'x', role: 'app' });
    const { token } = await store.sessions.createLink(TENANT, { role: 'app', keyId: null });
    const secret = await store.sessions.signIn(
      (await store.sessions.createLink(TENANT, { role: 'app', keyId: null })).token,
    );
    const closed = new AbortController();
    const create = (more: object) => CreateConversation.parse({ contactId: 'ann', channel: 'sms', ...more });

    const commands: Record<string, () => Promise<unknown>> = {
      append: () => store.execute(caller, 'messages.append', says(one, 'x')),
      'accept, whose conversation is looked up': () =>
        store.execute(caller, 'handoffs.accept', { handoffId: handoff.id, by: handoff.to }),
      create: () => store.execute(caller, 'conversations.create', create({})),
      findOrCreate: () => store.findOrCreate(caller, create({ contactId: 'bob' })),
      'findOrCreate with a key': () =>
        store.findOrCreate(caller, create({ contactId: 'cid', idempotencyKey: 'k1' })),
    };
    const others: Record<string, () => Promise<unknown>> = {
      'a get': () => store.conversations.get(TENANT, { conversationId: one.id }),
      'a list': () => store.conversations.list(TENANT, ListConversations.parse({})),
      'a metric': () => store.metrics.overview(TENANT, MetricsPeriod.parse({})),
      stats: () => store.admin.stats(TENANT, {}),
      'a claim': () => store.followUps.claim(TENANT, ClaimFollowUps.parse({})),
      'a keyed claim': () => store.followUps.claim(TENANT, ClaimFollowUps.parse({ idempotencyKey: 'k2' })),
      'a keyed registration': () =>
        store.agents.register(TENANT, RegisterAgent.parse({ id: 'dora', kind: 'ai', idempotencyKey: 'k3' })),
      'a key': () => store.apiKeys.authenticate(key),
      'a new key': () => store.apiKeys.create({ tenantId: TENANT, name: 'y', role: 'app' }),
      'a session': () => store.sessions.authenticate(secret),
      'a sign-in': () => store.sessions.signIn(token),
      'a link': () => store.sessions.createLink(TENANT, { role: 'app', keyId: null }),
      'the schema': () => store.verifySchema(TENANT),
      'a feed': () => store.feed.conversation(TENANT, { conversationId: one.id }, closed.signal),
    };
    const [pid = 0] = mongod.pids;
    outcomes = await whileStopped(pid, async () => {
      const ended = Object.entries({ ...commands, ...others }).map(
        async ([name, call]) => [name, await outcomeOf(call)] as const,
      );
      return Object.fromEntries(await Promise.all(ended));
    });
    closed.abort();
    expect(Object.keys(commands)).toEqual(COMMANDS);
  }, 90_000);
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await mongod.stop();
  });

  test('costs every caller twelve seconds at most, and is UNAVAILABLE', () => {
    const wrong = Object.entries(outcomes).filter(
      ([, { code, tookMs }]) => code !== 'UNAVAILABLE' || tookMs > LONGEST_WAIT_MS,
    );
    expect(wrong).toEqual([]);
  });

  test.each(COMMANDS)('costs a command its deadline at most: %s', (name) => {
    expect(outcomes[name]?.tookMs).toBeLessThan(DEADLINE_MS + 1_000);
  });

  test('serves again once it goes on', async () => {
    const { store } = opened;
    await expect
      .poll(async () => (await outcomeOf(() => conversations(store, 1))).code, { timeout: 20_000 })
      .toBe('ok');
  }, 30_000);
});

test('a primary that hangs gives way to another, and what was acknowledged is there once', async () => {
  await using mongod = await startMongod({ members: 3 });
  await using opened = await openFaulty({}, mongod.uri);
  const { store } = opened;
  const [conversation] = await conversations(store, 1);
  if (conversation === undefined) throw new Error('one was made');
  const client = await MongoClient.connect(mongod.uri);
  const { primary } = await client.db('admin').command({ hello: 1 });
  await client.close();
  const members = (/\/\/([^/]*)/.exec(mongod.uri)?.[1] ?? '').split(',');
  const pid = mongod.pids[members.indexOf(String(primary))] ?? 0;
  const waits: number[] = [];
  await whileStopped(pid, async () => {
    for (const text of ['1', '2', '3']) {
      for (let isSaid = false; !isSaid;) {
        const { code, tookMs } = await outcomeOf(() =>
          store.execute(caller, 'messages.append', says(conversation, text)),
        );
        waits.push(tookMs);
        expect(['ok', 'UNAVAILABLE']).toContain(code);
        isSaid = code === 'ok';
      }
    }
  });
  expect(Math.max(...waits)).toBeLessThan(LONGEST_WAIT_MS);
  const { items } = await store.timeline.read(
    TENANT,
    ReadTimeline.parse({ conversationId: conversation.id }),
  );
  const texts = items.flatMap((entry) => (entry.kind === 'message' ? [entry.text] : []));
  expect(texts).toEqual(['1', '2', '3']);
}, 120_000);
