import { Writable } from 'node:stream';
import type { TenantId } from '@baton/schema';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  type Baton,
  eventually,
  OTHER_TENANT,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import { type Fixture, procedures } from '../test/procedures.ts';

/** What a tenant alone has in its words; everything else is the same in both. */
const WORDS = { [TENANT]: 'quagga', [OTHER_TENANT]: 'zorilla' };
/** What changes by itself from one call to the next. */
const MOVING = /"(?:longestWaitMs|uptimeMs|generatedAt)":\d+|"before":"[^"]+"|"lastUsedAt":(?:null|"[^"]+")/g;

let server: TestServer;
let ours: Fixture;
let theirs: Fixture;
/** Every answer of ours while the other tenant was empty. */
const alone = new Map<string, string>();
const lines: string[] = [];

beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  server = await startTestServer({ log: pino({ level: 'trace' }, sink) });
  ours = await fill(server.baton, TENANT);
  await server.store.rollUp();
  for (const path of queries) alone.set(path, await answerOf(path, ours));
  for (const question of Object.keys(asked)) alone.set(question, await answerTo(question, ours));
  theirs = await fill(server.stranger, OTHER_TENANT);
  await server.store.rollUp();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The same contacts, texts, message ids, keys and agents in each tenant, and a word of its own in each kind of text. */
async function fill({ api }: Baton, tenantId: TenantId): Promise<Fixture> {
  const word = WORDS[tenantId] ?? '';
  await api.agents.register.mutate({ id: 'sam', kind: 'human', name: `Sam ${word}`, idempotencyKey: 'sam' });
  const { conversation } = await api.conversations.findOrCreate.mutate({
    contactId: 'ann',
    contact: { name: `Ann ${word}` },
    channel: 'web',
    tags: ['vip', word],
    metadata: { note: word },
    initialMessage: { text: `Hello ${word} 日本語` },
    idempotencyKey: 'found',
  });
  const { id: conversationId } = conversation;
  const of = { conversationId };
  await api.messages.append.mutate({
    ...of,
    clientMessageId: 'second',
    author: { kind: 'customer' },
    text: `Hello again, ${word}`,
  });
  const late = { ...of, clientMessageId: 'late', author: { kind: 'agent', agentId: 'closer' } } as const;
  await api.messages.append.mutate({ ...late, text: `Refused ${word}` }).catch(() => undefined);
  const { objection } = await api.objections.raise.mutate({
    ...of,
    type: 'price',
    text: `Much ${word}`,
    severity: 'low',
    idempotencyKey: 'raised',
  });
  await api.qualification.record.mutate({
    ...of,
    budget: { verdict: true, value: word },
    by: 'qualifier',
    idempotencyKey: 'recorded',
  });
  const { followUp } = await api.followUps.schedule.mutate({
    ...of,
    type: 'nurture',
    dueAt: '2024-01-01T00:00:00.000Z',
    finalAttemptAt: '2040-01-01T00:00:00.000Z',
    context: word,
    idempotencyKey: 'scheduled',
  });
  await api.deals.update.mutate({ ...of, deal: { closeReason: word }, idempotencyKey: 'dealt' });
  const brief = {
    goal: word,
    done: [word],
    open: [word],
    facts: [{ text: word, seqs: [2] }],
    nextStep: word,
  };
  const request = { ...of, from: 'supervisor', to: 'qualifier', reason: word, trigger: 'manual' } as const;
  const { handoff } = await api.handoffs.request.mutate({ ...request, brief, idempotencyKey: 'asked' });
  const { file } = await api.files.create.mutate({ ...of, name: word, bytes: 1, idempotencyKey: 'made' });
  const [claimed] = await api.followUps.claim.mutate({
    limit: 1,
    leaseMs: 600_000,
    idempotencyKey: 'claimed',
  });
  return {
    contactId: 'nobody',
    conversationId,
    handoffId: handoff.id,
    objectionId: objection.id,
    followUpId: followUp.id,
    fileId: file.id,
    leaseToken: claimed?.leaseToken ?? '',
    keyId: (await api.apiKeys.create.mutate({ name: word, role: 'viewer' })).id,
  };
}

/** Questions beside the samples: by each kind of search and of list, and by what is equal in both. */
const asked: Record<string, [path: string, input: (it: Fixture) => object]> = {
  'a search in a script without spaces': ['search.messages', () => ({ text: '日本語' })],
  'a search for a phrase of stop words': ['search.messages', () => ({ text: '"why not"' })],
  'a search for a word and one in another script': ['search.messages', () => ({ text: 'hello 日本' })],
  'a search of conversations by their state': [
    'search.conversations',
    () => ({ text: 'hello 日本語', stage: 'lead', status: 'active', agentId: 'supervisor' }),
  ],
  'a list by a tag': ['conversations.list', () => ({ tag: 'vip' })],
  'a list by several filters': [
    'conversations.list',
    () => ({ tag: 'vip', channel: 'web', agentId: 'supervisor', stage: 'lead' }),
  ],
  'a list by waiting': ['conversations.list', () => ({ sort: 'waitingSince' })],
  'a contact’s active conversation': ['conversations.findActiveByContact', () => ({ contactId: 'ann' })],
  'an agent’s work': ['agents.workload', () => ({ agentId: 'supervisor' })],
  'an agent’s conversations': ['conversations.listByAgent', () => ({ agentId: 'supervisor' })],
  'the last entries of a kind': [
    'conversations.timeline',
    ({ conversationId }) => ({ conversationId, kinds: ['message', 'unknown'], beforeSeq: 100 }),
  ],
  'what an agent is asked to take': ['handoffs.pending', () => ({ agentId: 'qualifier' })],
  'what is due to anyone': ['followUps.listDue', () => ({ limit: 5 })],
  'the audit log of an act': ['admin.audit', () => ({ action: 'apiKeys.create' })],
  'figures of a channel': ['metrics.overview', () => ({ channel: 'web' })],
  'figures of a period': ['metrics.funnel', () => ({ from: '2024-01-01T00:00:00.000Z' })],
};

const queries = Object.keys(procedures).filter((path) => procedures[path]?.type === 'query');
const mutations = Object.keys(procedures).filter((path) => procedures[path]?.type === 'mutation');

/** A sample that finds as much as it can, with the same contact in both tenants. */
function inputOf(path: string, fixture: Fixture): object | undefined {
  const input = procedures[path]?.input(fixture);
  if (input === undefined) return undefined;
  // Erasing her would end what the other tests look at.
  const isOfAnn = 'contactId' in input && path !== 'privacy.eraseContact';
  return { ...input, ...(isOfAnn && { contactId: 'ann' }) };
}

async function call(path: string, fixture: Fixture, key = server.key): Promise<Answer> {
  const input = inputOf(path, fixture);
  return procedures[path]?.type === 'query'
    ? server.query(path, input, { key })
    : server.mutate(path, input, { key });
}

const EXPORTS = new Set(['conversations.export', 'privacy.exportContact']);
/** The audit log gains a record with each export, as this test makes some. */
const withoutExports = (_key: string, value: unknown) =>
  Array.isArray(value) ? value.filter((item) => !EXPORTS.has(item?.action)) : value;

const written = ({ status, body }: Answer) =>
  `${status} ${JSON.stringify(body, withoutExports).replaceAll(MOVING, '')}`;

const answerOf = async (path: string, fixture: Fixture) => written(await call(path, fixture));

async function answerTo(question: string, fixture: Fixture): Promise<string> {
  const [path, input] = asked[question] ?? ['', () => ({})];
  return written(await server.query(path, input(fixture), { key: server.key }));
}

/** Every id that a tenant's conversation gave out. */
const idsOf = ({ contactId: _contactId, leaseToken, ...ids }: Fixture) => [...Object.values(ids), leaseToken];

function expectNothingOf(tenantId: TenantId, fixture: Fixture, text: string): void {
  for (const secret of [WORDS[tenantId] ?? '', ...idsOf(fixture)]) expect(text).not.toContain(secret);
}

describe('of two tenants with the same contacts, texts and keys', () => {
  test('each has what it wrote', async () => {
    expect(idsOf(ours).filter((id) => idsOf(theirs).includes(id))).toEqual([]);
    for (const [baton, tenantId] of [
      [server.baton, TENANT],
      [server.stranger, OTHER_TENANT],
    ] as const) {
      const { items } = await baton.api.search.messages.query({ text: 'hello' });
      expect(items).toHaveLength(2);
      expect(JSON.stringify(items)).toContain(WORDS[tenantId]);
    }
  });

  test.each(queries)('%s answers as if there were no other', async (path) => {
    const answer = await answerOf(path, ours);
    expect(answer).toBe(alone.get(path));
    expectNothingOf(OTHER_TENANT, theirs, answer);
  });

  test.each(Object.keys(asked))('%s is answered as if there were no other', async (question) => {
    const answer = await answerTo(question, ours);
    expect(answer).toMatch(/^200 /);
    expect(answer).toBe(alone.get(question));
    expectNothingOf(OTHER_TENANT, theirs, answer);
  });

  test.each([...queries, ...mutations])('%s says nothing of the other’s ids', async (path) => {
    const { body } = await call(path, theirs);
    expect(JSON.stringify(body)).not.toContain(WORDS[OTHER_TENANT]);
  });

  test('a search for the other’s own word finds nothing', async () => {
    const text = WORDS[OTHER_TENANT] ?? '';
    for (const area of ['messages', 'conversations'] as const)
      expect(await server.baton.api.search[area].query({ text })).toMatchObject({ items: [], more: false });
  });

  test('a feed has its own entries, and none of the other', async () => {
    const seen: string[] = [];
    const reader = server.baton.api.feed.tenant.subscribe(
      { lastEventId: undefined },
      { onData: ({ data }) => void seen.push(JSON.stringify(data)) },
    );
    await eventually(() => server.store.feed.subscriptions === 1);
    const say = ({ api }: Baton, { conversationId }: Fixture, tenantId: TenantId) =>
      api.messages.append.mutate({
        conversationId,
        clientMessageId: 'live',
        author: { kind: 'customer' },
        text: `Live ${WORDS[tenantId]}`,
      });
    await say(server.stranger, theirs, OTHER_TENANT);
    await say(server.baton, ours, TENANT);
    await eventually(() => seen.some((entry) => entry.includes('Live')));
    reader.unsubscribe();
    expectNothingOf(OTHER_TENANT, theirs, seen.join(''));
  });

  test('a feed that goes on from the other’s place, or names its conversation, has nothing of it', async () => {
    const placed = new Promise<string>((resolve) => {
      const reader = server.stranger.api.feed.tenant.subscribe(
        {},
        { onData: ({ id }) => (resolve(id), reader.unsubscribe()) },
      );
    });
    await eventually(() => server.store.feed.subscriptions === 1);
    const live = { conversationId: theirs.conversationId, author: { kind: 'customer' } } as const;
    await server.stranger.api.messages.append.mutate({ ...live, clientMessageId: 'place', text: 'Here' });
    const lastEventId = await placed;
    await server.stranger.api.messages.append.mutate({ ...live, clientMessageId: 'after', text: 'Then' });

    const { api } = server.baton;
    const seen: unknown[] = [];
    const errors: string[] = [];
    const handlers = {
      onData: ({ data }: { data: unknown }) => void seen.push(data),
      onError: (error: unknown) => void errors.push(JSON.stringify(error)),
    };
    const ofTenant = api.feed.tenant.subscribe({ lastEventId }, handlers);
    const { conversationId } = theirs;
    const ofConversation = api.feed.conversation.subscribe({ conversationId, lastEventId: '0' }, handlers);
    await eventually(() => errors.some((error) => error.includes('NOT_FOUND')));
    await server.baton.api.messages.append.mutate({
      conversationId: ours.conversationId,
      clientMessageId: 'ours',
      author: { kind: 'customer' },
      text: 'Ours',
    });
    await eventually(() => errors.length === 2 || JSON.stringify(seen).includes('Ours'));
    ofTenant.unsubscribe();
    ofConversation.unsubscribe();
    expectNothingOf(
      OTHER_TENANT,
      theirs,
      JSON.stringify([seen, errors]).replaceAll(theirs.conversationId, ''),
    );
    expect(seen.every((entry) => JSON.stringify(entry).includes(ours.conversationId))).toBe(true);
  });

  test('nothing that one does changes the other', async () => {
    const exported = () => server.stranger.api.conversations.export.query({ limit: 1_000 });
    const stateOf = async () =>
      JSON.stringify([await exported(), await server.stranger.api.contacts.list.query({})]);
    const before = await stateOf();
    for (const path of mutations.filter((each) => each !== 'session.signOut')) {
      const { body } = await call(path, ours);
      expectNothingOf(OTHER_TENANT, theirs, JSON.stringify(body));
      await call(path, theirs);
    }
    expect(await stateOf()).toBe(before);
    // Who has the same key there is erased here, and stays there.
    await server.baton.api.privacy.eraseContact.mutate({ contactId: 'ann' });
    const erased = async () => (await server.baton.api.privacy.erasures.query({})).items[0]?.finishedAt;
    await eventually(async () => (await erased()) != null);
    expect(await stateOf()).toBe(before);
    expect(JSON.stringify(await server.baton.api.conversations.export.query({}))).not.toContain(
      WORDS[TENANT],
    );
  });

  test('the log has no word of either', () => {
    expect(lines.length).toBeGreaterThan(100);
    for (const word of Object.values(WORDS)) expect(lines.join('')).not.toContain(word);
  });
});
