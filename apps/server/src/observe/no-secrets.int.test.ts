import { faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../test/test-server.ts';
import { createLog } from './log.ts';

const TEXT = 'MARKED-my-card-is-4111';
const CONTACT = 'MARKED-contact';

let database: FaultyDatabase;
let server: TestServer;
const lines: string[] = [];

beforeAll(async () => {
  const log = createLog({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  database = await faultyDatabase();
  server = await startTestServer({ mongodbUri: database.uri, log });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
beforeEach(() => {
  lines.length = 0;
});

const whileFailing = (collection: string, failCommands: string[], work: () => Promise<unknown>) =>
  database.whileFailing(collection, { failCommands, times: 3, errorCode: 2 }, work);

/** Calls that say marked words, with marked keys, and fail in each way in which calls fail. */
async function everyFault(): Promise<void> {
  const create = {
    contactId: `${CONTACT}${newContact()}`,
    channel: 'web',
    initialMessage: { text: TEXT },
    contact: { name: TEXT },
    metadata: { note: TEXT },
  };
  const created = await server.mutate('conversations.create', create);
  const { result } = created.body as { result: { data: { id: string } } };
  const conversationId = result.data.id;
  const message = { conversationId, clientMessageId: TEXT, author: { kind: 'customer' }, text: TEXT };
  // Refused.
  await server.mutate('conversations.create', create);
  await server.mutate('messages.append', { ...message, author: { kind: 'agent', agentId: 'closer' } });
  await server.mutate('messages.append', {
    ...message,
    clientMessageId: `${TEXT}2`,
    text: `${TEXT}2`.repeat(2_000),
  });
  await server.mutate('messages.append', `{"text":"${TEXT}`);
  await server.query('search.messages', { text: TEXT, cursor: TEXT });
  await server.query(`conversations.${TEXT}`);
  await server.mutate('session.signIn', { token: TEXT });
  await server.query('session.get', undefined, { key: `baton_${TEXT}` });
  await server.query('session.get', undefined, { key: null, headers: { cookie: `baton_session=${TEXT}` } });
  await fetch(`${server.url}/${TEXT}?token=${TEXT}`);
  // Unreadable: an entry and a contact.
  const past = { bypassDocumentValidation: true };
  await server.db
    .collection('timeline')
    .updateMany({ text: TEXT }, { $set: { kind: TEXT, [TEXT]: TEXT } }, past);
  await server.db.collection('contacts').updateMany({}, { $set: { details: TEXT } }, past);
  await server.query('conversations.timeline', { conversationId });
  await server.query('conversations.get', { conversationId });
  await server.mutate('conversations.create', { ...create, contactId: `${CONTACT}${newContact()}` });
  // Broken: a read, a write, a validator, the search, the transaction.
  await whileFailing('conversations', ['find'], () => server.query('conversations.get', { conversationId }));
  await whileFailing('timeline', ['insert'], () => server.mutate('messages.append', message));
  await whileFailing('timeline', ['aggregate', 'find'], () =>
    server.query('search.messages', { text: TEXT }),
  );
  await whileFailing('api_keys', ['find'], () =>
    server.query('session.get', undefined, { key: `baton_${'M'.repeat(43)}` }),
  );
  await server.db.command({ collMod: 'timeline', validator: { text: { $ne: TEXT } } });
  await server.mutate('messages.append', { ...message, clientMessageId: 'other' });
  await server.db.command({ collMod: 'timeline', validator: {} });
}

test('no fault writes a secret or a customer’s words to the log', async () => {
  await everyFault();
  const faults = lines.filter((line) => line.includes('errorId'));
  expect(faults.length).toBeGreaterThanOrEqual(5);
  const unreadable = lines.filter((line) => line.includes('cannot be read')).map((line) => JSON.parse(line));
  expect(unreadable).toMatchObject([
    { level: 40, unreadable: { collection: 'timeline', field: 'kind', seq: 2 } },
  ]);
  const written = lines.join('');
  expect(written).not.toContain('MARKED');
  expect(written).not.toContain(server.key);
  expect(written).not.toMatch(/baton_[A-Za-z0-9_-]{20}/);
  expect(written).not.toContain('MMMMMMMM');
  for (const line of faults)
    expect(JSON.parse(line)).toMatchObject({
      level: 50,
      errorId: expect.any(String),
      fault: { name: expect.any(String) },
    });
});
