import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('text that looks like code', () => {
  const CODE = [
    '$where',
    '$$NOW',
    '{"$gt":""}',
    '$text',
    "'; DROP TABLE",
    'a.$[].b',
    '__proto__',
    '${process.env}',
    '<script>',
  ];

  test.each(CODE)('%j is kept to the letter', async (code) => {
    const { api } = server.baton;
    const contactId = `${code}${newContact()}`;
    const created = await api.conversations.create.mutate({
      contactId,
      channel: 'web',
      contact: { name: code },
      initialMessage: { text: code },
      tags: [code],
      metadata: { code },
    });
    expect(created).toMatchObject({
      contactId,
      tags: [code],
      metadata: { code },
      lastMessage: { preview: code },
    });
    const conversationId = created.id;
    const { entry } = await api.messages.append.mutate({
      conversationId,
      clientMessageId: code,
      author: { kind: 'customer' },
      text: code,
    });
    expect(entry).toMatchObject({ clientMessageId: code, text: code });
    const { objection } = await api.objections.raise.mutate({
      conversationId,
      type: 'price',
      text: code,
      severity: 'low',
    });
    expect(objection.text).toBe(code);
    expect(await api.conversations.get.query({ conversationId })).toMatchObject({
      tags: [code],
      metadata: { code },
    });
    expect((await api.conversations.list.query({ contactId })).items.map(({ id }) => id)).toEqual([
      conversationId,
    ]);
    expect((await api.conversations.list.query({ tag: code })).items.map(({ id }) => id)).toEqual([
      conversationId,
    ]);
    expect((await api.conversations.findActiveByContact.query({ contactId }))?.id).toBe(conversationId);
    expect((await api.messages.list.query({ conversationId })).items.map(({ text }) => text)).toEqual([
      code,
      code,
    ]);
  });
});
