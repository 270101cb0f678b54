import { afterAll, beforeAll, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { customerSays, expectEqualToStore } from '../test/watching.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function aConversation(contactId: string) {
  const { id } = await server.baton.api.conversations.create.mutate({
    contactId,
    channel: 'web',
    contact: { name: 'Rosalind' },
    initialMessage: { text: 'Rosalind here' },
    tags: ['Rosalind'],
  });
  return id;
}

test('a replica that watches forgets the contact, and equals the store', async () => {
  const contactId = newContact();
  const conversationId = await aConversation(contactId);
  using replica = server.baton.watch(conversationId);
  await replica.until(({ status }) => status === 'live');
  await customerSays(server, conversationId, 'Rosalind again');
  await replica.until(({ entries }) => entries.length === 3);
  await server.baton.api.privacy.eraseContact.mutate({ contactId });
  await replica.until(({ conversation }) => conversation?.erasedAt !== undefined);
  await expectEqualToStore(server, replica);
  const { conversation, entries } = replica.state;
  for (const word of ['Rosalind', contactId])
    expect(JSON.stringify([conversation, entries])).not.toContain(word);
});

test('a replica that comes back, and a feed that goes on, are given no word that was erased meanwhile', async () => {
  const contactId = newContact();
  const { api } = server.baton;
  const ids: string[] = [];
  const received: unknown[] = [];
  const follow = (lastEventId?: string) =>
    api.feed.tenant.subscribe(lastEventId === undefined ? {} : { lastEventId }, {
      onData: ({ id, data }) => {
        ids.push(id);
        received.push(data);
      },
    });
  const first = follow();
  await expect
    .poll(async () => (await aConversation(newContact())) && ids.length, { timeout: 20_000 })
    .toBeGreaterThan(0);
  first.unsubscribe();
  const conversationId = await aConversation(contactId);
  await api.handoffs.request.mutate({
    conversationId,
    from: 'supervisor',
    to: 'closer',
    reason: 'Rosalind asks',
    trigger: 'manual',
  });
  await api.privacy.eraseContact.mutate({ contactId });
  received.splice(0);
  const second = follow(ids[0]);
  await expect.poll(() => JSON.stringify(received), { timeout: 20_000 }).toContain('"kind":"erasure"');
  second.unsubscribe();
  const ofConversation = JSON.stringify(
    received.filter((entry) => JSON.stringify(entry).includes(conversationId)),
  );
  expect(ofConversation).toContain('[erased]');
  for (const word of ['Rosalind', contactId]) expect(ofConversation).not.toContain(word);
});
