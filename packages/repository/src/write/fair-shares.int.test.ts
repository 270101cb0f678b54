import { ClientMessageId, type ConversationId, CreateConversation, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
    Array.from({ length: 60 }, async (_, index) => {
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
  expect(done).toBe(3_000);
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
