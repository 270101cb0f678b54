import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { changesNothing, faultsOf } from '../test/faults.ts';

let server: TestServer;
let conversationId: string;

beforeAll(async () => {
  server = await startTestServer();
  ({ id: conversationId } = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  }));
});
afterAll(() => server[Symbol.asyncDispose]());

/** As a body of its own, because JSON.stringify would write a number that was rounded before. */
function createWith(metadata: string) {
  return server.mutate(
    'conversations.create',
    `{ "contactId": ${JSON.stringify(newContact())}, "channel": "web", "metadata": ${metadata} }`,
  );
}

describe('metadata', () => {
  test.each(['76561198012345678', '-9007199254740993', '1e21'])(
    'with the number %s is refused at its path, and the caller is told what to do',
    async (digits) => {
      await changesNothing(server, async () => {
        const metadata = `{ "plan": "pro", "profileId": ${digits} }`;
        const answers = [
          await createWith(metadata),
          await server.mutate(
            'conversations.update',
            `{ "conversationId": "${conversationId}", "metadata": ${metadata} }`,
          ),
        ];
        for (const answer of answers)
          expect(faultsOf(answer)).toMatchObject({
            status: 400,
            code: 'INVALID_INPUT',
            paths: ['metadata.profileId'],
            message: expect.stringContaining('send it as a string') as string,
          });
      });
    },
  );

  test.each(['toBSON', 'constructor', 'hasOwnProperty', 'valueOf', 'toString', 'prototype', 'length', '_id'])(
    'keeps the key %s as it is',
    async (key) => {
      for (const value of ['Long', 1, null]) {
        const metadata = { [key]: value, plan: 'pro' };
        const { api } = server.baton;
        const created = await api.conversations.create.mutate({
          contactId: newContact(),
          channel: 'web',
          metadata,
        });
        const conversation = await api.conversations.get.query({ conversationId: created.id });
        expect(Object.entries(conversation.metadata)).toEqual(Object.entries(metadata));
      }
    },
  );

  test.each(['_bsontype', '__proto__', '$oid', '$numberLong', 'a.b'])(
    'refuses the key %s, and nobody else notices',
    async (key) => {
      await changesNothing(server, async () => {
        for (const value of ['"Long"', '{ "isAdmin": true }', '1'])
          expect(faultsOf(await createWith(`{ "plan": "pro", "${key}": ${value} }`))).toMatchObject({
            status: 400,
            code: 'INVALID_INPUT',
            paths: expect.arrayContaining([`metadata.${key}`]) as string[],
          });
      });
      expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
    },
  );

  test('with a key that the driver would misread is refused in an archive too', async () => {
    const id = 'f'.repeat(24);
    const created = {
      conversationId: id,
      seq: 1,
      version: 1,
      at: '2026-01-05T09:00:00.000Z',
      actor: { kind: 'system' },
      kind: 'created',
      contactId: newContact(),
      channel: 'web',
      agentId: 'supervisor',
      tags: [],
      metadata: { _bsontype: 'ObjectId' },
    };
    await changesNothing(server, async () => {
      const answer = await server.mutate('conversations.restore', { conversationId: id, entries: [created] });
      expect(faultsOf(answer)).toMatchObject({
        status: 400,
        code: 'INVALID_INPUT',
        paths: ['entries[0].metadata._bsontype'],
      });
    });
  });
});

test('an agent may be called like a member of every object', async () => {
  const { api } = server.baton;
  await api.agents.register.mutate({ id: 'constructor', kind: 'ai' });
  const { id } = await api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
    agentId: 'constructor',
    initialMessage: { text: 'Hello?' },
  });
  const usage = { model: 'm', inputTokens: 3, outputTokens: 2, costMicros: 7 };
  for (const clientMessageId of ['one', 'two'])
    await api.messages.append.mutate({
      conversationId: id,
      clientMessageId,
      author: { kind: 'agent', agentId: 'constructor' },
      text: 'Hello.',
      usage,
    });
  const { metrics } = await api.conversations.get.query({ conversationId: id });
  expect(Object.entries(metrics.byAgent)).toMatchObject([
    ['constructor', { messages: 2, inputTokens: 6, outputTokens: 4, costMicros: 14 }],
  ]);
  const { agents } = await api.metrics.agents.query({});
  expect(agents.find(({ agentId }) => agentId === 'constructor')).toMatchObject({ messages: 2 });
  const [workload] = await api.agents.workload.query({ agentId: 'constructor' });
  expect(workload).toMatchObject({ agent: { id: 'constructor' }, activeConversations: 1 });
});

describe('a message', () => {
  test('in which nothing is said is refused, whatever the way', async () => {
    const blank = { clientMessageId: 'blank', author: { kind: 'customer' }, text: ' \n\u200B\t' };
    const person = { contactId: newContact(), channel: 'web' };
    await changesNothing(server, async () => {
      for (const [path, input, fault] of [
        ['messages.append', { conversationId, ...blank }, 'text'],
        ['messages.appendTurn', { conversationId, messages: [blank] }, 'messages[0].text'],
        ['conversations.create', { ...person, initialMessage: blank }, 'initialMessage.text'],
        ['conversations.findOrCreate', { ...person, initialMessage: blank }, 'initialMessage.text'],
      ] as const)
        expect(faultsOf(await server.mutate(path, input)), path).toMatchObject({
          status: 400,
          code: 'INVALID_INPUT',
          paths: [fault],
        });
    });
  });

  test.each([
    '\u0000',
    '\u0000\u0000x\u0000',
    '\u0085',
    '\u2028\u2029',
    '\u000B\u000C',
    '\uFEFF',
    '\r',
    '\u001B[31m',
  ])('keeps %j to the letter, and is found by a word before it', async (odd) => {
    const { api } = server.baton;
    const word = `lantern${newContact().replaceAll('-', '')}`;
    // MongoDB's index of words reads a text up to its first null character.
    const text = `${word} ${odd}x${odd}`;
    const { id } = await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
    const { entry } = await api.messages.append.mutate({
      conversationId: id,
      clientMessageId: 'odd',
      author: { kind: 'customer' },
      text,
    });
    expect(entry.text).toBe(text);
    expect((await api.messages.list.query({ conversationId: id })).items[0]?.text).toBe(text);
    expect((await api.conversations.get.query({ conversationId: id })).lastMessage?.preview).toBe(text);
    for (const query of [`"${word}${odd}"`, `"${odd}"`, `-"${odd}" ${word}`, odd]) {
      const answer = await server.query('search.messages', { text: query });
      expect(answer.status, query).toBe(200);
    }
    const { items } = await api.search.messages.query({ text: word });
    expect(items.map(({ message }) => message.conversationId)).toContain(id);
  });
});

describe('a key that a caller chooses', () => {
  const ann = { channel: 'web', contactId: 'liv' };

  test.each([' ', ' liv', 'liv ', 'liv\n', 'l\niv', 'liv\u0000', 'l\u202Eiv'])(
    'is refused and not trimmed: %j',
    async (key) => {
      await changesNothing(server, async () => {
        for (const [input, fault] of [
          [{ ...ann, contactId: key }, 'contactId'],
          [{ ...ann, tags: [key] }, 'tags[0]'],
          [{ ...ann, idempotencyKey: key }, 'idempotencyKey'],
        ] as const)
          expect(faultsOf(await server.mutate('conversations.create', input))).toMatchObject({
            status: 400,
            paths: [fault],
          });
      });
      const { api } = server.baton;
      expect((await api.conversations.list.query({ contactId: key, tag: key })).items).toEqual([]);
    },
  );

  test('stays readable where a version before has stored it', async () => {
    const { api } = server.baton;
    const contactId = ` liv\u0000\n`;
    const id = 'e'.repeat(24);
    const at = '2026-01-05T09:00:00.000Z';
    const place = { conversationId: id, at, actor: { kind: 'customer' } };
    const created = {
      ...place,
      seq: 1,
      version: 1,
      kind: 'created',
      contactId,
      channel: 'web',
      agentId: 'supervisor',
      tags: [' vip'],
      metadata: { profileId: 2 ** 60 },
    };
    const said = {
      ...place,
      seq: 2,
      version: 2,
      kind: 'message',
      clientMessageId: 'm\n',
      text: ' ',
      author: { kind: 'customer' },
      visibility: 'public',
      redactedAt: null,
    };
    const restored = await server.mutate('conversations.restore', {
      conversationId: id,
      entries: [created, said],
    });
    expect(restored.status).toBe(200);
    expect(await api.conversations.findActiveByContact.query({ contactId })).toMatchObject({
      id,
      contactId,
      tags: [' vip'],
      metadata: { profileId: 2 ** 60 },
      lastMessage: { preview: ' ' },
    });
    for (const page of [
      await api.conversations.list.query({ contactId, tag: ' vip' }),
      await api.conversations.history.query({ contactId }),
    ])
      expect(page.items.map((item) => item.id)).toEqual([id]);
    const { items } = await api.conversations.timeline.query({ conversationId: id });
    expect(items).toMatchObject([{ contactId }, { clientMessageId: 'm\n', text: ' ' }]);
    await api.messages.append.mutate({
      conversationId: id,
      clientMessageId: 'next',
      author: { kind: 'customer' },
      text: 'Still here',
    });
  });
});
