import { faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOneOfEach, procedures } from '../../../../packages/router/test/procedures.ts';
import { newContact, startTestServer, type TestServer } from '../../test/test-server.ts';
import { createLog } from './log.ts';

const TEXT = 'MARKED-my-card-is-4111';
const CONTACT = 'MARKED-contact';

let database: FaultyDatabase;
let server: TestServer;
const lines: string[] = [];
let metricsUrl: string;

beforeAll(async () => {
  const log = createLog({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  database = await faultyDatabase();
  const metrics = { host: '127.0.0.1', port: 0, token: undefined };
  server = await startTestServer({ mongodbUri: database.uri, log, metrics });
  metricsUrl = lines.flatMap((line) => JSON.parse(line).metricsUrl ?? [])[0];
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

/** Members that people fill with words of their own. */
const OWN_WORDS = new Set([
  'clientMessageId',
  'contactId',
  'error',
  'lossReason',
  'method',
  'name',
  'reason',
  'tags',
  'text',
  'value',
]);

/** An input with marked words wherever there are some. */
function marked(input: unknown, isOwn = false): unknown {
  if (typeof input === 'string') return isOwn ? `MARKED ${input}` : input;
  if (Array.isArray(input)) return input.map((item) => marked(item, isOwn));
  if (typeof input !== 'object' || input === null) return input;
  const members = Object.entries(input).map(([name, value]) => [name, marked(value, OWN_WORDS.has(name))]);
  return Object.fromEntries(members);
}

test('no call of any procedure, carried out or refused, writes a customer’s words, a key or an id of theirs', async () => {
  /** With a contact of the marked key, of whom the calls about contacts are. */
  const newFixture = async () => {
    const made = await createOneOfEach(server);
    await server.mutate('conversations.create', {
      ...Object(marked({ contactId: made.contactId })),
      channel: 'api',
    });
    return made;
  };
  let fixture = await newFixture();
  const leaseTokens = [fixture.leaseToken];
  for (const [path, { type, input }] of Object.entries(procedures)) {
    const call: TestServer['query'] = (...sent) =>
      type === 'query' ? server.query(...sent) : server.mutate(...sent);
    const good = marked(input(fixture)) as object | undefined;
    const bad = { ...good, [TEXT]: TEXT, text: [TEXT], conversationId: TEXT };
    await call(path, { ...good, idempotencyKey: `${TEXT} ${path}` }, { key: server.plainKey });
    await call(path, bad);
    await call(path, bad, { key: null, headers: { cookie: `baton_session=${TEXT}; ${TEXT}=${TEXT}` } });
    await call(path, bad, { key: `baton_${TEXT}`, headers: { 'x-request-id': `baton_${TEXT}` } });
    const { status } = await call(path, good);
    // What the calls before left cannot be closed or handed over again.
    if (status < 400) continue;
    fixture = await newFixture();
    leaseTokens.push(fixture.leaseToken);
    await call(path, marked(input(fixture)));
  }
  const calls = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'Called');
  const called = new Set(calls.map(({ procedure }) => procedure));
  expect(Object.keys(procedures).filter((path) => !called.has(path))).toEqual([]);
  const carriedOut = new Set(calls.flatMap(({ procedure, code }) => (code === 'OK' ? [procedure] : [])));
  // Some need a session, or a conversation that stands otherwise.
  expect(carriedOut.size).toBeGreaterThan(called.size * 0.9);
  const written = `${lines.join('')}${await (await fetch(metricsUrl)).text()}`;
  expect(written).toContain('baton_calls_total{procedure="messages.append",code="OK"}');
  expect(written).not.toContain('MARKED');
  for (const key of [server.key, server.plainKey]) expect(written).not.toContain(key);
  for (const token of leaseTokens) expect(written).not.toContain(token);
}, 60_000);

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
