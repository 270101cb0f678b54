import {
  type ConversationId,
  FindOrCreateConversation,
  type FindOrCreateConversationInput,
  type FoundOrCreated,
  TenantId,
} from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandHash } from './replay.ts';
import type { Caller } from './submit-command.ts';
import { TwoStores } from '../../test/two-stores.ts';

const TENANT = TenantId.parse('first-words');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };

let two: TwoStores;
let stores: TwoStores['stores'];
let contacts = 0;

beforeAll(async () => {
  two = await TwoStores.open(TENANT);
  ({ stores } = two);
});

afterAll(async () => {
  await Promise.all(stores.map((store) => store.drain()));
  await two[Symbol.asyncDispose]();
});

const newContact = () => ({ contactId: `contact-${(contacts += 1)}`, channel: 'web' as const });

const call = (input: FindOrCreateConversationInput, server = 0): Promise<FoundOrCreated> =>
  (stores[server % 2] ?? stores[0]).findOrCreate(caller, FindOrCreateConversation.parse(input));

async function textsOf(conversationId: ConversationId): Promise<string[]> {
  const { items } = await stores[0].timeline.read(TENANT, { conversationId, kinds: ['message'], limit: 100 });
  return items.map((entry) => (entry.kind === 'message' ? entry.text : ''));
}

describe('first messages that come at once', () => {
  test('are all in one conversation, and each answer says which is its own', async () => {
    for (let round = 0; round < 10; round += 1) {
      const contact = newContact();
      const answers = await Promise.all(
        [0, 1, 2, 3].map((server) =>
          call({ ...contact, initialMessage: { text: `word ${server}` } }, server),
        ),
      );
      expect(new Set(answers.map(({ conversation }) => conversation.id)).size).toBe(1);
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      expect(answers.map(({ entry }) => entry?.text)).toEqual(['word 0', 'word 1', 'word 2', 'word 3']);
      const [first] = answers;
      if (first === undefined) throw new Error('there are answers');
      const said = await textsOf(first.conversation.id);
      expect(said.toSorted()).toEqual(['word 0', 'word 1', 'word 2', 'word 3']);
    }
  });

  test('are said once where they are one call that is sent again and again', async () => {
    for (const id of [
      { idempotencyKey: 'k' },
      { initialMessage: { text: 'Hello', clientMessageId: 'mine' } },
    ]) {
      const contact = newContact();
      const input = { ...contact, initialMessage: { text: 'Hello' }, ...id };
      if ('idempotencyKey' in input) input.idempotencyKey = `at-once-${contact.contactId}`;
      const answers = await Promise.all(Array.from({ length: 8 }, (_, server) => call(input, server)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({ created: true, entry: { seq: 2, text: 'Hello' } });
    }
  });

  test('are in some conversation of the contact where another call closes it meanwhile', async () => {
    const contact = newContact();
    for (let round = 0; round < 20; round += 1) {
      const { conversation } = await call(contact);
      const close = stores[1].execute(caller, 'conversations.close', { conversationId: conversation.id });
      const [answer] = await Promise.all([
        call({ ...contact, initialMessage: { text: `word ${round}` } }),
        close,
      ]);
      expect(await textsOf(answer.conversation.id)).toContain(`word ${round}`);
      expect(answer.entry?.text).toBe(`word ${round}`);
    }
  });
});

describe('a first message to a contact that has a conversation', () => {
  test('is said there, and again each time without a key', async () => {
    const contact = newContact();
    const { conversation } = await call(contact);
    for (const seq of [2, 3]) {
      const answer = await call({ ...contact, initialMessage: { text: 'Anybody here?' } });
      expect(answer).toMatchObject({
        created: false,
        conversation: { id: conversation.id, lastSeq: seq },
        entry: { seq, text: 'Anybody here?', author: { kind: 'customer' }, visibility: 'public' },
      });
    }
  });

  test('is none where the call has none', async () => {
    const contact = newContact();
    expect(await call(contact)).toMatchObject({ created: true, entry: null });
    expect(await call(contact)).toMatchObject({ created: false, entry: null });
  });

  test.each<[string, (contact: { contactId: string }) => object]>([
    ['a key', ({ contactId }) => ({ idempotencyKey: `key-${contactId}` })],
    ['its own id', () => ({})],
  ])('is answered the same when it is sent again with %s, whatever came since', async (_, id) => {
    const contact = newContact();
    const words = { text: 'Hello', ...(Object.keys(id(contact)).length === 0 && { clientMessageId: 'own' }) };
    const made = await call({ ...contact, initialMessage: words, ...id(contact) });
    const other = { ...contact, initialMessage: { ...words, text: 'And another thing' } };
    const otherId =
      'clientMessageId' in words
        ? { initialMessage: { ...other.initialMessage, clientMessageId: 'other' } }
        : { idempotencyKey: `other-${contact.contactId}` };
    const found = await call({ ...other, ...otherId });
    expect([made.created, found.created]).toEqual([true, false]);
    await stores[0].execute(caller, 'conversations.update', {
      conversationId: made.conversation.id,
      tags: ['later'],
    });
    for (const server of [0, 1]) {
      expect(await call({ ...contact, initialMessage: words, ...id(contact) }, server)).toEqual(made);
      expect(await call({ ...other, ...otherId }, server)).toEqual(found);
    }
    expect(await textsOf(made.conversation.id)).toEqual(['Hello', 'And another thing']);
  });

  test('is a mismatch where its id stands with other words', async () => {
    const contact = newContact();
    await call({ ...contact, initialMessage: { text: 'Hello', clientMessageId: 'own' } });
    await expect(
      call({ ...contact, initialMessage: { text: 'Bye', clientMessageId: 'own' } }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  test('of an agent who does not own it is refused', async () => {
    const contact = newContact();
    const { conversation } = await call(contact);
    const author = { kind: 'agent' as const, agentId: 'closer' };
    await expect(call({ ...contact, initialMessage: { text: 'Hello', author } })).rejects.toMatchObject({
      code: 'NOT_OWNER',
    });
    expect(await textsOf(conversation.id)).toEqual([]);
  });

  test('is not taken for another one that a server of the version before left out', async () => {
    const contact = newContact();
    const { conversation } = await call({ ...contact, initialMessage: { text: 'The first' } });
    const input = { ...contact, initialMessage: { text: 'Left out' }, idempotencyKey: `old-${contacts}` };
    const { idempotency } = stores[0].collections;
    const initialMessage = { text: 'Left out', author: { kind: 'customer' }, clientMessageId: 'initial' };
    const hashed = { ...contact, tags: [], metadata: {}, initialMessage };
    await idempotency.collection.insertOne(
      idempotency.encode({
        _id: { tenantId: TENANT, key: input.idempotencyKey },
        hash: commandHash('conversations.findOrCreate', hashed),
        conversationId: conversation.id,
        version: 1,
        created: false,
        at: new Date().toISOString(),
      }),
    );
    expect(await call(input)).toEqual({ conversation, created: false, entry: null });
  });
});
