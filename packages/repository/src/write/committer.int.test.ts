import { AgentId, ClientMessageId, type Conversation, CreateConversation, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('acme');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const supervisor = AgentId.parse('supervisor');
const qualifier = AgentId.parse('qualifier');

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;
let contacts = 0;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
});

afterAll(async () => {
  await store.drain();
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

const input = (more: Partial<CreateConversation> = {}): CreateConversation =>
  CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web', ...more });

async function conversation(
  more: Partial<CreateConversation> = {},
  by: Store = store,
): Promise<Conversation> {
  return (await by.execute(caller, 'conversations.create', input(more))).conversation;
}

const customerSays = (conversationId: Conversation['id'], text: string, id: string = text) => ({
  conversationId,
  clientMessageId: ClientMessageId.parse(id),
  author: { kind: 'customer' as const },
  text,
  visibility: 'public' as const,
});

async function seqsOf({ id }: Conversation): Promise<number[]> {
  const entries = await store.collections.timeline.collection
    .find({ tenantId: TENANT, conversationId: new ObjectId(id) })
    .sort({ seq: 1 })
    .toArray();
  return entries.map((entry) => Number(entry['seq']));
}

const refusedWith = (code: string) => expect.objectContaining({ code });

describe('one command', () => {
  test('a command writes its entries and its conversation together', async () => {
    const created = await conversation({
      initialMessage: { text: 'Hello', author: { kind: 'customer' }, clientMessageId: 'a' },
    });
    const { conversation: after, entries } = await store.execute(
      caller,
      'messages.append',
      customerSays(created.id, 'Anyone?'),
    );
    expect(entries.map(({ kind, seq }) => [kind, seq])).toEqual([['message', 3]]);
    expect(await store.conversations.get(TENANT, { conversationId: created.id })).toMatchObject(after);
    expect(after).toMatchObject({ version: 2, lastSeq: 3, metrics: { messages: 2, customerMessages: 2 } });
  });

  test('a refused command writes nothing', async () => {
    const created = await conversation();
    const reply = {
      ...customerSays(created.id, 'Hi'),
      author: { kind: 'agent' as const, agentId: qualifier },
    };
    await expect(store.execute(caller, 'messages.append', reply)).rejects.toThrow(refusedWith('NOT_OWNER'));
    expect(await store.conversations.get(TENANT, { conversationId: created.id })).toMatchObject(created);
    expect(await seqsOf(created)).toEqual([1]);
  });

  test("another tenant's conversation does not exist", async () => {
    const created = await conversation();
    const stranger: Caller = { ...caller, tenantId: TenantId.parse('other') };
    await expect(store.execute(stranger, 'messages.append', customerSays(created.id, 'Hi'))).rejects.toThrow(
      refusedWith('NOT_FOUND'),
    );
    await expect(
      store.execute(stranger, 'conversations.pause', { conversationId: created.id, reason: 'mine' }),
    ).rejects.toThrow(refusedWith('NOT_FOUND'));
  });

  test('a stale expectedVersion is refused, the present one is taken', async () => {
    const created = await conversation();
    await store.execute(caller, 'messages.append', customerSays(created.id, 'one'));
    const pause = { conversationId: created.id, expectedVersion: 1 };
    await expect(store.execute(caller, 'conversations.pause', pause)).rejects.toThrow(
      refusedWith('VERSION_CONFLICT'),
    );
    const { conversation: paused } = await store.execute(caller, 'conversations.pause', {
      ...pause,
      expectedVersion: 2,
    });
    expect(paused.status).toBe('paused');
  });
});

describe('retries', () => {
  test('a message that is sent again gives its first answer', async () => {
    const created = await conversation();
    const first = await store.execute(caller, 'messages.append', customerSays(created.id, 'one'));
    await store.execute(caller, 'messages.append', customerSays(created.id, 'two'));
    expect(await store.execute(caller, 'messages.append', customerSays(created.id, 'one'))).toEqual(first);
    expect(await seqsOf(created)).toEqual([1, 2, 3]);
  });

  test('a message that is sent again after its conversation was closed gives its first answer', async () => {
    const created = await conversation();
    const first = await store.execute(caller, 'messages.append', customerSays(created.id, 'one'));
    await store.execute(caller, 'conversations.close', { conversationId: created.id });
    expect(await store.execute(caller, 'messages.append', customerSays(created.id, 'one'))).toEqual(first);
  });

  test('an id that stands with other words is a mismatch', async () => {
    const created = await conversation();
    await store.execute(caller, 'messages.append', customerSays(created.id, 'one', 'id'));
    await expect(
      store.execute(caller, 'messages.append', customerSays(created.id, 'two', 'id')),
    ).rejects.toThrow(refusedWith('IDEMPOTENCY_MISMATCH'));
  });

  test('the same message many times at once is said once', async () => {
    const created = await conversation();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.execute(caller, 'messages.append', customerSays(created.id, 'one')),
      ),
    );
    expect(new Set(outcomes.map(({ entries }) => JSON.stringify(entries))).size).toBe(1);
    expect(await seqsOf(created)).toEqual([1, 2]);
  });

  test('a keyed command gives its first answer again, as it was then', async () => {
    const created = await conversation();
    const pause = { conversationId: created.id, idempotencyKey: `pause-${created.id}` };
    const first = await store.execute(caller, 'conversations.pause', pause);
    await store.execute(caller, 'conversations.resume', { conversationId: created.id });
    expect(await store.execute(caller, 'conversations.pause', pause)).toEqual(first);
    await expect(
      store.execute(caller, 'conversations.pause', { ...pause, reason: 'another input' }),
    ).rejects.toThrow(refusedWith('IDEMPOTENCY_MISMATCH'));
  });

  test('a keyed create that is sent many times at once makes one conversation', async () => {
    const same = { ...input(), idempotencyKey: `create-${contacts}` };
    const made = await Promise.all(
      Array.from({ length: 10 }, () => store.execute(caller, 'conversations.create', same)),
    );
    expect(new Set(made.map(({ conversation: { id } }) => id)).size).toBe(1);
  });

  test('a turn is taken whole or not at all, and again gives its first answer', async () => {
    const created = await conversation();
    const turn = {
      conversationId: created.id,
      messages: ['a', 'b', 'c']
        .map((text) => customerSays(created.id, text))
        .map(({ conversationId: _id, ...said }) => said),
    };
    const first = await store.execute(caller, 'messages.appendTurn', turn);
    expect(first.entries.map(({ seq, version }) => [seq, version])).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
    expect(await store.execute(caller, 'messages.appendTurn', turn)).toEqual(first);
    const part = {
      ...turn,
      messages: turn.messages.slice(0, 2).concat({ ...turn.messages[2], text: 'other' } as never),
    };
    await expect(store.execute(caller, 'messages.appendTurn', part)).rejects.toThrow(
      refusedWith('IDEMPOTENCY_MISMATCH'),
    );
  });
});

describe('one active conversation of a contact on a channel', () => {
  test('a second one is refused, and names the first', async () => {
    const created = await conversation();
    const again = { ...input(), contactId: created.contactId };
    await expect(store.execute(caller, 'conversations.create', again)).rejects.toMatchObject({
      code: 'ALREADY_ACTIVE',
      details: { conversationId: created.id },
    });
  });

  test('two findOrCreate at once give one conversation', async () => {
    for (let round = 0; round < 10; round += 1) {
      const same = input();
      const found = await Promise.all(Array.from({ length: 5 }, () => store.findOrCreate(caller, same)));
      expect(new Set(found.map(({ conversation: { id } }) => id)).size).toBe(1);
      expect(found.filter(({ created }) => created)).toHaveLength(1);
    }
  });

  test('a paused conversation cannot resume beside another active one', async () => {
    const created = await conversation();
    await store.execute(caller, 'conversations.pause', { conversationId: created.id });
    const second = await conversation({ contactId: created.contactId });
    await expect(
      store.execute(caller, 'conversations.resume', { conversationId: created.id }),
    ).rejects.toThrow(refusedWith('ALREADY_ACTIVE'));
    await store.execute(caller, 'conversations.close', { conversationId: second.id });
    const resumed = await store.execute(caller, 'conversations.resume', { conversationId: created.id });
    expect(resumed.conversation.status).toBe('active');
  });
});

describe('many at once', () => {
  test('concurrent appends leave no gap and lose nothing', async () => {
    const created = await conversation();
    await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        store.execute(caller, 'messages.append', customerSays(created.id, `message ${index}`)),
      ),
    );
    expect(await seqsOf(created)).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
    const after = await store.conversations.get(TENANT, { conversationId: created.id });
    expect(after).toMatchObject({ version: 301, lastSeq: 301, metrics: { messages: 300 } });
  });

  test('a refused, a duplicate and a conflicting command of a batch never harm their neighbours', async () => {
    const [one, two, three] = await Promise.all([conversation(), conversation(), conversation()]);
    await store.execute(caller, 'messages.append', customerSays(two.id, 'said before'));
    const settled = await Promise.allSettled([
      store.execute(caller, 'messages.append', customerSays(one.id, 'fine')),
      store.execute(caller, 'messages.append', customerSays(two.id, 'said before')),
      store.execute(caller, 'messages.append', customerSays(two.id, 'other words', 'said before')),
      store.execute(caller, 'stages.transition', { conversationId: three.id, to: 'closed_won' }),
      store.execute(caller, 'conversations.create', { ...input(), contactId: one.contactId }),
      store.execute(caller, 'messages.append', customerSays(three.id, 'fine too')),
      store.execute(caller, 'conversations.pause', { conversationId: one.id, expectedVersion: 99 }),
    ]);
    const codes = settled.map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code));
    expect(codes).toEqual([
      'ok',
      'ok',
      'IDEMPOTENCY_MISMATCH',
      'INVALID_TRANSITION',
      'ALREADY_ACTIVE',
      'ok',
      'VERSION_CONFLICT',
    ]);
    expect(await seqsOf(one)).toEqual([1, 2]);
    expect(await seqsOf(two)).toEqual([1, 2]);
    expect(await seqsOf(three)).toEqual([1, 2]);
  });

  test('two servers that commit to the same conversations lose nothing and starve nobody', async () => {
    const other = await connect(database.uri);
    const second = openStore(other);
    const shared = await Promise.all([conversation(), conversation(), conversation()]);
    const slowest = { first: 0, second: 0 };
    const load = async (by: Store, name: 'first' | 'second') => {
      await Promise.all(
        shared.flatMap(({ id }) =>
          Array.from({ length: 60 }, async (_, index) => {
            const from = performance.now();
            await by.execute(caller, 'messages.append', customerSays(id, `${name} ${index}`));
            slowest[name] = Math.max(slowest[name], performance.now() - from);
          }),
        ),
      );
    };
    await Promise.all([load(store, 'first'), load(second, 'second')]);
    for (const { id } of shared) {
      const after = await store.conversations.get(TENANT, { conversationId: id });
      expect(after).toMatchObject({ lastSeq: 121, version: 121, metrics: { messages: 120 } });
    }
    await other.client.close();
    expect(Math.max(slowest.first, slowest.second)).toBeLessThan(8_000);
  });

  test('of many commands that expect the same version one wins', async () => {
    const created = await conversation();
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        store.execute(caller, 'conversations.update', {
          conversationId: created.id,
          expectedVersion: 1,
          tags: [`tag-${index}`],
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

test('every stored conversation is the fold of its timeline', async () => {
  const { checked, differences } = await rebuild(store.collections);
  expect(checked).toBeGreaterThan(10);
  expect(differences).toEqual([]);
});

test('doctor sees a conversation that was changed behind its back', async () => {
  const created = await conversation();
  const client = await MongoClient.connect(database.uri);
  const id = new ObjectId(created.id);
  await client
    .db()
    .collection('conversations')
    .updateOne({ _id: id }, { $set: { handoffCount: 7 } });
  const { differences } = await rebuild(store.collections);
  expect(differences).toEqual([{ tenantId: TENANT, conversationId: created.id, fields: ['handoffCount'] }]);
  await client
    .db()
    .collection('conversations')
    .updateOne({ _id: id }, { $set: { handoffCount: 0 } });
  await client.close();
});

test('a transfer with a stage moves both in one command, and is listed', async () => {
  const created = await conversation();
  const { conversation: after, entries } = await store.execute(caller, 'handoffs.transfer', {
    conversationId: created.id,
    from: supervisor,
    to: qualifier,
    reason: 'Qualify',
    trigger: 'user_intent',
    confidence: 0.9,
    stage: 'qualification',
  });
  expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
    ['handoff', 2],
    ['owner', 2],
    ['stage', 2],
  ]);
  expect(after).toMatchObject({
    stage: 'qualification',
    owner: { agentId: qualifier, epoch: 2 },
    handoffCount: 1,
  });
  const { items } = await store.handoffs.list(TENANT, { conversationId: created.id, limit: 10 });
  expect(items).toMatchObject([{ from: supervisor, to: qualifier, status: 'accepted' }]);
});

test('a redaction blanks the words in the timeline and in the conversation', async () => {
  const created = await conversation();
  const { entries } = await store.execute(
    caller,
    'messages.append',
    customerSays(created.id, 'my card is 4111'),
  );
  await store.execute(caller, 'messages.redact', { conversationId: created.id, seq: entries[0]?.seq ?? 0 });
  const kept = await store.collections.timeline.acrossTenants('test').findOne({
    conversationId: new ObjectId(created.id),
    seq: 2,
  });
  expect(kept).toMatchObject({ text: '' });
  const after = await store.conversations.get(TENANT, { conversationId: created.id });
  expect(after.lastMessage?.preview).toBe('');
  await expect(
    store.execute(caller, 'messages.redact', { conversationId: created.id, seq: 2 }),
  ).rejects.toThrow(refusedWith('ALREADY_REDACTED'));
});
