import { setImmediate as nextIteration } from 'node:timers/promises';
import { ClientMessageId, type ConversationId, CreateConversation, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';

const callerOf = (tenantId: TenantId): Caller => ({ tenantId, actor: { kind: 'system' }, mayForce: false });
const flood = callerOf(TenantId.parse('flood'));
const quiet = callerOf(TenantId.parse('quiet'));

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  for (const { tenantId } of [flood, quiet]) await store.agents.ensureDefaults(tenantId, {});
});

afterAll(async () => {
  await store.drain();
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

let contacts = 0;

async function conversation(caller: Caller): Promise<ConversationId> {
  const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });
  return (await store.execute(caller, 'conversations.create', input)).conversation.id;
}

const say = (by: Store, caller: Caller, conversationId: ConversationId, id: string) =>
  by.execute(caller, 'messages.append', {
    conversationId,
    clientMessageId: ClientMessageId.parse(id),
    author: { kind: 'customer' },
    text: id,
    visibility: 'public',
  });

test('a command waits for a batch or two of another tenant, however many commands that one keeps waiting', async () => {
  const conversations = await Promise.all(Array.from({ length: 50 }, () => conversation(flood)));
  const own = await conversation(quiet);
  let done = 0;
  const flooding = conversations.flatMap((id) =>
    Array.from({ length: 20 }, async (_, index) => {
      await say(store, flood, id, `flood ${index}`);
      done += 1;
    }),
  );
  await flooding[0];
  const before = done;
  await say(store, quiet, own, 'hello');
  // Three batches were in flight, and while this command was, two more may have begun and ended.
  expect(done - before).toBeLessThan(64 * 5);
  await Promise.all(flooding);
  expect(done).toBe(1_000);
});

test('only the tenant that keeps too many commands waiting is refused, and told when to come back', async () => {
  const crowded = openStore({ ...connection, queueLimit: 100 });
  const [one, own] = [await conversation(flood), await conversation(quiet)];
  const saidBy = (caller: Caller, conversationId: ConversationId, count: number) =>
    Promise.allSettled(
      Array.from({ length: count }, (_, index) => say(crowded, caller, conversationId, `crowd ${index}`)),
    );
  const [flooding, others] = await Promise.all([saidBy(flood, one, 100), saidBy(quiet, own, 5)]);
  expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
  const refused = flooding.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThanOrEqual(10);
  for (const result of refused)
    expect(result).toMatchObject({ reason: { code: 'RATE_LIMITED', details: { retryAfterMs: 1_000 } } });
});

test('a tenant that owes little does not wait for one that owes much', async () => {
  const shared = openStore(connection);
  const [one, own] = [await conversation(flood), await conversation(quiet)];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const isDone = async (commands: Promise<unknown>, withinMs: number) => {
    const until = Date.now() + withinMs;
    let done = false;
    void commands.then(() => (done = true));
    while (!done && Date.now() < until) await nextIteration();
    return done;
  };
  const owe = async (caller: Caller, id: ConversationId, ms: number) => {
    const saying = say(shared, caller, id, 'owing');
    await nextIteration();
    await vi.advanceTimersByTimeAsync(ms);
    await saying;
  };
  const sayOften = (caller: Caller, id: ConversationId) =>
    Promise.all(Array.from({ length: 40 }, (_, index) => say(shared, caller, id, `often ${index}`)));
  await owe(flood, one, 1_000);
  await owe(quiet, own, 30);
  const owesMuch = sayOften(flood, one);
  expect(await isDone(owesMuch, 50)).toBe(false);
  const owesLittle = sayOften(quiet, own);
  expect(await isDone(owesLittle, 50)).toBe(false);
  // A share of 35 % pays for 5 ms within 15 ms, for 250 ms within 715.
  await vi.advanceTimersByTimeAsync(15);
  expect(await isDone(owesLittle, 5_000)).toBe(true);
  expect(await isDone(owesMuch, 0)).toBe(false);
  while (!(await isDone(owesMuch, 10))) await vi.advanceTimersByTimeAsync(700);
});
