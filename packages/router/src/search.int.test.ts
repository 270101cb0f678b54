import { afterAll, beforeAll, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let api: TestServer['baton']['api'];
let automation: string;
let pricing: string;

beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
  const about = async (text: string) =>
    (
      await api.conversations.create.mutate({
        contactId: newContact(),
        channel: 'web',
        initialMessage: { text },
      })
    ).id;
  automation = await about('I want automation of my invoices');
  pricing = await about('What is the price of the pro plan?');
  await api.messages.append.mutate({
    conversationId: automation,
    clientMessageId: 'a',
    author: { kind: 'agent', agentId: 'supervisor' },
    text: 'We automate everything',
  });
  await server.stranger.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
    initialMessage: { text: 'automation' },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

test('a word finds its other forms, in messages of the tenant only, with the very words that matched', async () => {
  const { items } = await api.search.messages.query({ text: 'automated' });
  expect(items.map(({ message }) => message.conversationId)).toEqual([automation, automation]);
  const words = items.map(({ message, highlights }) =>
    highlights.map(({ start, end }) => message.text.slice(start, end)),
  );
  expect(words.flat().toSorted()).toEqual(['automate', 'automation']);
  const scores = items.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});

test('phrases are taken whole, a minus leaves out, filters narrow', async () => {
  const found = async (input: Parameters<typeof api.search.messages.query>[0]) =>
    (await api.search.messages.query(input)).items.length;
  expect(await found({ text: '"pro plan"' })).toBe(1);
  expect(await found({ text: '"plan pro"' })).toBe(0);
  expect(await found({ text: 'automate -invoices' })).toBe(1);
  expect(await found({ text: 'automate', author: 'agent' })).toBe(1);
  expect(await found({ text: 'automate', conversationId: pricing })).toBe(0);
});

test('conversations are found by their best message', async () => {
  const { items } = await api.search.conversations.query({ text: 'automation' });
  expect(items).toMatchObject([
    { conversation: { id: automation }, matches: 2, best: { message: { conversationId: automation } } },
  ]);
  expect((await api.search.conversations.query({ text: 'automation', stage: 'closing' })).items).toEqual([]);
  expect(
    (await api.search.conversations.query({ text: 'automation', status: 'active', agentId: 'supervisor' }))
      .items,
  ).toHaveLength(1);
});
