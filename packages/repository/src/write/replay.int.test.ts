import { Refusal } from '@baton/domain';
import {
  AgentId,
  commandInputs,
  type CommandType,
  type Conversation,
  CreateConversation,
  TenantId,
} from '@baton/schema';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../store.ts';
import { commandHash } from './replay.ts';
import type { Caller } from './submit-command.ts';
import { TwoStores } from '../../test/two-stores.ts';

const TENANT = TenantId.parse('replays');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const PERSON = AgentId.parse('maria');

let two: TwoStores;
let store: Store;
/** Another server, which remembers nothing of what the first one did. */
let other: Store;
let count = 0;

beforeAll(async () => {
  two = await TwoStores.open(TENANT);
  [store, other] = two.stores;
  const common = { roles: [], capacity: null, availability: 'available' as const, members: [] };
  await store.agents.register(TENANT, { id: PERSON, kind: 'human', ...common });
});

afterAll(() => two[Symbol.asyncDispose]());

async function execute(by: Store, type: CommandType, input: object) {
  return by.execute(caller, type, commandInputs[type].parse(input));
}

async function create(): Promise<Conversation> {
  count += 1;
  return (await execute(store, 'conversations.create', { contactId: `contact-${count}`, channel: 'web' }))
    .conversation;
}

const message = (id: string, text: string = id) => ({
  clientMessageId: id,
  author: { kind: 'customer' },
  text,
});

const mismatch = expect.objectContaining({ code: 'IDEMPOTENCY_MISMATCH' });

async function entriesOf({ id }: Pick<Conversation, 'id'>): Promise<number> {
  const { items } = await store.timeline.read(TENANT, { conversationId: id, afterSeq: 0, limit: 100 });
  return items.length;
}

/** Every kind of command that takes a key, with what must have happened before. */
const keyed: [CommandType, (conversation: Conversation) => Promise<object> | object][] = [
  ['conversations.update', ({ id }) => ({ conversationId: id, tags: ['vip'] })],
  ['conversations.pause', ({ id }) => ({ conversationId: id, reason: 'Lunch' })],
  ['conversations.close', ({ id }) => ({ conversationId: id })],
  [
    'handoffs.transfer',
    ({ id }) => ({
      conversationId: id,
      from: 'supervisor',
      to: 'closer',
      reason: 'Because',
      trigger: 'manual',
    }),
  ],
  [
    'handoffs.accept',
    async ({ id }) => {
      const request = {
        conversationId: id,
        from: 'supervisor',
        to: 'closer',
        reason: 'Because',
        trigger: 'manual',
      };
      const { conversation } = await execute(store, 'handoffs.request', request);
      return { handoffId: conversation.pendingHandoff?.id, by: 'closer' };
    },
  ],
  ['handoffs.takeover', ({ id }) => ({ conversationId: id, by: PERSON })],
  ['stages.transition', ({ id }) => ({ conversationId: id, to: 'qualification' })],
  [
    'qualification.record',
    ({ id }) => ({ conversationId: id, budget: { verdict: true, value: '500' }, by: PERSON }),
  ],
  [
    'objections.raise',
    ({ id }) => ({ conversationId: id, type: 'price', text: 'Too dear', severity: 'low' }),
  ],
  [
    'objections.resolve',
    async ({ id }) => {
      const raised = { conversationId: id, type: 'price', text: 'Too dear', severity: 'low' };
      const { conversation } = await execute(store, 'objections.raise', raised);
      const [objection] = conversation.objections;
      return { objectionId: objection?.id, method: 'Discount', handledBy: PERSON, confidence: 1 };
    },
  ],
  [
    'followUps.schedule',
    ({ id }) => ({ conversationId: id, type: 'nurture', dueAt: '2030-01-01T00:00:00.000Z' }),
  ],
  [
    'followUps.complete',
    async ({ id }) => {
      const followUp = { conversationId: id, type: 'nurture', dueAt: '2020-01-01T00:00:00.000Z' };
      const { conversation } = await execute(store, 'followUps.schedule', followUp);
      const claimed = await store.followUps.claim(TENANT, { limit: 100, leaseMs: 60_000 });
      const mine = claimed.find((claim) => claim.followUp.id === conversation.followUps[0]?.id);
      return { followUpId: mine?.followUp.id, leaseToken: mine?.leaseToken };
    },
  ],
  ['deals.update', ({ id }) => ({ conversationId: id, deal: { monthlyValueCents: 9_900 } })],
  [
    'messages.redact',
    async ({ id }) => {
      const { entries } = await execute(store, 'messages.append', {
        conversationId: id,
        ...message('secret'),
      });
      return { conversationId: id, seq: entries[0]?.seq };
    },
  ],
];

describe('a command under a key', () => {
  test.each(keyed)(
    '%s gives its first answer again, here and on another server, and is done once',
    async (type, prepare) => {
      const conversation = await create();
      const input = { ...(await prepare(conversation)), idempotencyKey: `key-${conversation.id}` };
      const first = await execute(store, type, input);
      const entries = await entriesOf(conversation);
      await execute(store, 'conversations.update', { conversationId: conversation.id, tags: ['later'] });
      expect(await execute(store, type, input)).toEqual(first);
      expect(await execute(other, type, input)).toEqual(first);
      expect(await entriesOf(conversation)).toBe(entries + 1);
    },
  );

  test('another input under the same key is a mismatch, whoever looks', async () => {
    const { id: conversationId } = await create();
    const input = { conversationId, tags: ['one'], idempotencyKey: `key-${conversationId}` };
    await execute(store, 'conversations.update', input);
    for (const by of [store, other]) {
      await expect(execute(by, 'conversations.update', { ...input, tags: ['two'] })).rejects.toEqual(
        mismatch,
      );
      const { tags: _tags, ...pause } = input;
      await expect(execute(by, 'conversations.pause', pause)).rejects.toEqual(mismatch);
    }
  });

  test('a key of another tenant is another key', async () => {
    const stranger: Caller = { ...caller, tenantId: TenantId.parse('strangers') };
    await store.agents.ensureDefaults(stranger.tenantId, {});
    const input = CreateConversation.parse({ contactId: 'same', channel: 'web', idempotencyKey: 'same' });
    const mine = await store.execute(caller, 'conversations.create', input);
    const theirs = await store.execute(stranger, 'conversations.create', input);
    expect(theirs.conversation.id).not.toBe(mine.conversation.id);
  });

  test('a refusal is not remembered: the key may be used once the command is allowed', async () => {
    const { id: conversationId } = await create();
    const resume = { conversationId, idempotencyKey: `key-${conversationId}` };
    await expect(execute(store, 'conversations.resume', resume)).rejects.toMatchObject({
      code: 'INVALID_STATUS',
    });
    await execute(store, 'conversations.pause', { conversationId });
    expect((await execute(store, 'conversations.resume', resume)).conversation.status).toBe('active');
  });

  test('the order of the keys of an input does not matter', () => {
    expect(commandHash('x', { a: 1, b: { c: 2, d: 3 }, idempotencyKey: 'k' })).toBe(
      commandHash('x', { b: { d: 3, c: 2 }, a: 1 }),
    );
    expect(commandHash('x', { a: 1 })).not.toBe(commandHash('y', { a: 1 }));
    expect(commandHash('x', { a: 1 })).not.toBe(commandHash('x', { a: 2 }));
  });

  test('is answered only once most servers have the first result', async () => {
    const { id: conversationId } = await create();
    const pause = { conversationId, idempotencyKey: `early-${conversationId}` };
    // A transaction sees what this server has; what most have may lag behind, as it does here by force.
    await store.collections.idempotency.collection.insertOne(
      store.collections.idempotency.encode({
        _id: { tenantId: TENANT, key: pause.idempotencyKey },
        hash: commandHash('conversations.pause', commandInputs['conversations.pause'].parse(pause)),
        conversationId,
        version: 2,
        created: null,
        at: new Date().toISOString(),
      }),
    );
    const options = { monitorCommands: true, ignoreUndefined: true };
    await using client = await MongoClient.connect(two.uri, options);
    const late = openStore({ client, db: client.db() });
    const reads = new Set<number>();
    const read = Promise.withResolvers<void>();
    client.on('commandStarted', ({ command, requestId }) => {
      if (command['find'] === late.collections.timeline.collection.collectionName) reads.add(requestId);
    });
    client.on('commandSucceeded', ({ requestId }) => {
      if (reads.has(requestId)) read.resolve();
    });
    const retried = execute(late, 'conversations.pause', pause);
    await read.promise;
    const first = await execute(store, 'conversations.pause', { conversationId });
    expect(await retried).toEqual(first);
    await late.drain();
  });

  test('the same create from two servers at once makes one conversation', async () => {
    for (let round = 0; round < 10; round += 1) {
      count += 1;
      const input = { contactId: `contact-${count}`, channel: 'web', idempotencyKey: `create-${count}` };
      const made = await Promise.all(
        [store, other, store, other].map((by) => execute(by, 'conversations.create', input)),
      );
      expect(new Set(made.map(({ conversation }) => JSON.stringify(conversation))).size).toBe(1);
    }
  });
});

describe('findOrCreate', () => {
  const found = (by: Store, input: object) => by.findOrCreate(caller, CreateConversation.parse(input));

  test('without a key it creates once and finds from then on', async () => {
    const contact = { contactId: `contact-${(count += 1)}`, channel: 'web' };
    const first = await found(store, contact);
    expect(first.created).toBe(true);
    expect(await found(other, contact)).toEqual({
      conversation: first.conversation,
      created: false,
      entry: null,
    });
  });

  test('with a key it says again that it created, as the conversation was then', async () => {
    const contact = { contactId: `contact-${(count += 1)}`, channel: 'web', idempotencyKey: `find-${count}` };
    const first = await found(store, contact);
    expect(first.created).toBe(true);
    await execute(store, 'conversations.close', { conversationId: first.conversation.id });
    for (const by of [store, other]) expect(await found(by, contact)).toEqual(first);
    await expect(found(store, { ...contact, channel: 'sms' })).rejects.toEqual(mismatch);
  });

  test('with a key it says again that it found, though the conversation has ended since', async () => {
    const contact = { contactId: `contact-${(count += 1)}`, channel: 'web' };
    const { conversation } = await found(store, contact);
    const again = { ...contact, idempotencyKey: `find-${count}` };
    expect(await found(store, again)).toEqual({ conversation, created: false, entry: null });
    await execute(store, 'conversations.close', { conversationId: conversation.id });
    for (const by of [store, other])
      expect(await found(by, again)).toEqual({ conversation, created: false, entry: null });
  });

  test('the same call from two servers at once gives the same answer', async () => {
    for (let round = 0; round < 10; round += 1) {
      const contact = {
        contactId: `contact-${(count += 1)}`,
        channel: 'web',
        idempotencyKey: `find-${count}`,
      };
      const answers = await Promise.all([store, other, store, other].map((by) => found(by, contact)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]?.created).toBe(true);
    }
  });
});

describe('messages that are sent again', () => {
  test('give their first answer on another server too', async () => {
    const { id: conversationId } = await create();
    const input = { conversationId, ...message('one') };
    const first = await execute(store, 'messages.append', input);
    await execute(store, 'messages.append', { conversationId, ...message('two') });
    expect(await execute(other, 'messages.append', input)).toEqual(first);
  });

  test('differ where anything of them does, but for what a caller may leave out', async () => {
    const { id: conversationId } = await create();
    const input = {
      conversationId,
      ...message('one'),
      usage: { model: 'm', inputTokens: 1, outputTokens: 2, costMicros: 3 },
    };
    const first = await execute(store, 'messages.append', input);
    expect(await execute(store, 'messages.append', { ...input, visibility: 'public' })).toEqual(first);
    const changes = [
      { text: 'other' },
      { visibility: 'internal' },
      { author: { kind: 'system' } },
      { usage: { ...input.usage, costMicros: 4 } },
      { parts: [{ type: 'attachment', url: 'https://example.com/a' }] },
    ];
    for (const change of changes) {
      await expect(execute(store, 'messages.append', { ...input, ...change })).rejects.toEqual(mismatch);
    }
  });

  test('are not said again after their redaction, and do not bring the words back', async () => {
    const { id: conversationId } = await create();
    const input = { conversationId, ...message('one', 'my card is 4111') };
    const { entries } = await execute(store, 'messages.append', input);
    await execute(store, 'messages.redact', { conversationId, seq: entries[0]?.seq });
    for (const by of [store, other]) {
      const again = await execute(by, 'messages.append', input);
      expect(again.entries).toMatchObject([{ seq: 2, text: '' }]);
      expect(JSON.stringify(again)).not.toContain('4111');
    }
    expect(await entriesOf({ id: conversationId })).toBe(3);
  });

  test('of a turn: part of it alone, or a message of it in another turn, is a mismatch', async () => {
    const { id: conversationId } = await create();
    const turn = { conversationId, messages: [message('a'), message('b'), message('c')] };
    const first = await execute(store, 'messages.appendTurn', turn);
    await execute(store, 'conversations.close', { conversationId });
    for (const by of [store, other]) {
      expect(await execute(by, 'messages.appendTurn', turn)).toEqual(first);
      const mixed = { conversationId, messages: [message('b'), message('new')] };
      await expect(execute(by, 'messages.appendTurn', mixed)).rejects.toEqual(mismatch);
    }
    expect(await entriesOf({ id: conversationId })).toBe(5);
  });

  test('to a closed conversation, new ones are refused as ever', async () => {
    const { id: conversationId } = await create();
    await execute(store, 'conversations.close', { conversationId });
    const refused = expect.objectContaining({ code: 'CONVERSATION_CLOSED' });
    await expect(execute(store, 'messages.append', { conversationId, ...message('new') })).rejects.toEqual(
      refused,
    );
    const turn = { conversationId, messages: [message('a')] };
    await expect(execute(other, 'messages.appendTurn', turn)).rejects.toEqual(refused);
    await expect(execute(other, 'messages.appendTurn', turn)).rejects.toBeInstanceOf(Refusal);
  });
});
