import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import { Gate } from '../test/gate.ts';
import type { Baton } from './client.ts';

let server: TestServer;
let gate: Gate;
let baton: Baton;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  gate = new Gate();
  baton = server.connect({ fetch: gate.fetch });
});
afterEach(() => {
  gate.cut();
});

const conversation = (more: object = {}) =>
  baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'web', ...more });

describe('calls of one tick', () => {
  test('share a request, each with its own answer', async () => {
    const created = await Promise.all(Array.from({ length: 40 }, () => conversation()));
    expect(gate.requests).toHaveLength(1);
    const asked = created.map(({ id: conversationId }) =>
      baton.api.conversations.get.query({ conversationId }),
    );
    expect(await Promise.all(asked)).toEqual(
      created.map((each) => ({ ...each, contact: { id: each.contactId, name: null } })),
    );
  });

  test('are answered however many there are and however long their names', async () => {
    const { id: conversationId } = await conversation();
    gate.requests.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 180 }, (_, n) =>
        baton.api.conversations.update.mutate({ conversationId, tags: [`${n}`] }),
      ),
    );
    expect(answers).toHaveLength(180);
    expect((await baton.api.conversations.get.query({ conversationId })).version).toBe(181);
    expect(gate.requests.length).toBeLessThanOrEqual(6);
    expect(Math.max(...gate.requests.map(({ length }) => length))).toBeLessThanOrEqual(8_000);
  });

  test('may be refused one by one', async () => {
    const { id: conversationId } = await conversation();
    gate.requests.length = 0;
    const [good, bad] = await Promise.allSettled([
      baton.api.conversations.get.query({ conversationId }),
      baton.api.conversations.get.query({ conversationId: 'f'.repeat(24) }),
    ]);
    expect(gate.requests).toHaveLength(1);
    expect(good).toMatchObject({ status: 'fulfilled', value: { id: conversationId } });
    expect(bad).toMatchObject({ status: 'rejected', reason: { data: { baton: { code: 'NOT_FOUND' } } } });
  });

  test('are answered however large they are together', async () => {
    const { id: conversationId } = await conversation();
    gate.requests.length = 0;
    // Ten messages of 90,000 bytes share a request, and two turns of 9 MB do not.
    const append = (id: string) =>
      baton.api.messages.append.mutate({
        conversationId,
        clientMessageId: id,
        author: { kind: 'customer' },
        text: '界'.repeat(30_000),
      });
    const appendTurn = (id: string) =>
      baton.api.messages.appendTurn.mutate({
        conversationId,
        messages: Array.from({ length: 100 }, (_, n) => ({
          clientMessageId: `${id}:${n}`,
          author: { kind: 'customer' as const },
          text: '界'.repeat(30_000),
        })),
      });
    const messages = Array.from({ length: 10 }, (_, n) => append(`${n}`));
    await Promise.all([...messages, appendTurn('a'), appendTurn('b')]);
    expect(gate.requests).toHaveLength(3);
    expect((await baton.api.conversations.get.query({ conversationId })).metrics.messages).toBe(210);
  });

  test('are done beside one that is too large and refused', async () => {
    const { id: conversationId } = await conversation();
    const tags = Array.from({ length: 1_000 }, () => 'x'.repeat(20_000));
    const [refusal] = await Promise.all([
      refusalOf(baton.api.conversations.update.mutate({ conversationId, tags })),
      baton.api.conversations.update.mutate({ conversationId, tags: ['small'] }),
    ]);
    expect(refusal).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 });
    expect((await baton.api.conversations.get.query({ conversationId })).tags).toEqual(['small']);
  });

  test('go beside one that asks how the server is, which takes a request of its own', async () => {
    const { api } = baton;
    const [ready, health] = await Promise.all([api.admin.ready.query(), api.admin.health.query()]);
    expect([ready.ready, health.ok]).toEqual([true, true]);
    expect(gate.requests).toHaveLength(2);
  });
});

test('a question that is too long for an address is asked all the same', async () => {
  const { id: conversationId } = await conversation();
  gate.requests.length = 0;
  const lossReason = '界'.repeat(500);
  const answer = await baton.api.stages.validate.query({
    conversationId,
    to: 'closed_lost',
    lossReason,
    deal: { closeReason: lossReason },
  });
  expect(answer).toEqual({ valid: true, from: 'lead', blockers: [] });
  expect(gate.requests[0]?.length).toBeLessThan(200);
});

describe('while the server is away', () => {
  test('calls wait for it and are answered once it is back', async () => {
    await server.stop();
    let failed = 0;
    const counted: typeof fetch = (input, init) =>
      fetch(input, init).catch((error: unknown) => {
        failed += 1;
        throw error;
      });
    const patient = server.connect({ attempts: 12, fetch: counted });
    const calls = Promise.all([
      patient.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' }),
      patient.api.conversations.list.query({ limit: 1 }),
    ]);
    await vi.waitUntil(() => failed >= 3);
    await server.start();
    const [created, listed] = await calls;
    expect(created.status).toBe('active');
    expect(listed.items).toHaveLength(1);
  });

  test('a call that may not be repeated, or not any more, fails', async () => {
    await server.stop();
    await expect(server.connect({ attempts: 1 }).api.conversations.list.query({})).rejects.toThrow(
      'fetch failed',
    );
    await expect(baton.api.followUps.claim.mutate({ limit: 1 })).rejects.toThrow('fetch failed');
    expect(gate.requests).toHaveLength(1);
    await server.start();
  });
});

describe('a command whose answer was lost', () => {
  test('is made again, and done once', async () => {
    const contactId = newContact();
    gate.lose = 2;
    const created = await baton.api.conversations.create.mutate({ contactId, channel: 'web' });
    expect(gate.requests).toHaveLength(3);
    expect((await baton.api.conversations.history.query({ contactId })).items).toEqual([
      { ...created, contact: { id: created.contactId, name: null } },
    ]);
    gate.lose = 1;
    const { objection } = await baton.api.objections.raise.mutate({
      conversationId: created.id,
      type: 'price',
      text: 'x',
      severity: 'low',
    });
    gate.lose = 1;
    const said = {
      conversationId: created.id,
      clientMessageId: 'm',
      author: { kind: 'customer' },
      text: 'Hello',
    } as const;
    const { conversation: after } = await baton.api.messages.append.mutate(said);
    expect(after).toMatchObject({ version: 3, objections: [objection], metrics: { messages: 1 } });
  });

  test('is not made again where it was not heard and may not be repeated', async () => {
    gate.lose = 1;
    await expect(baton.api.followUps.claim.mutate({ limit: 1 })).rejects.toThrow('fetch failed');
    expect(gate.requests).toHaveLength(1);
  });
});

test('with a key calls carry no cookie', async () => {
  const sent: RequestInit[] = [];
  const app = server.connect({
    fetch: async (input, init) => {
      sent.push(init ?? {});
      return fetch(input, init);
    },
  });
  await app.api.admin.health.query();
  const stop = app.api.feed.tenant.subscribe({}, { onError: () => undefined });
  await vi.waitUntil(() => sent.length >= 2);
  stop.unsubscribe();
  for (const { credentials } of sent) expect(credentials).toBe('omit');
});

test('without a key calls carry the browser’s cookie and no authorization', async () => {
  const sent: RequestInit[] = [];
  const browser = server.connect({
    apiKey: undefined,
    fetch: async (input, init) => {
      sent.push(init ?? {});
      return fetch(input, init);
    },
  });
  await browser.api.admin.health.query();
  const stop = browser.api.feed.tenant.subscribe({}, { onError: () => undefined });
  await vi.waitUntil(() => sent.length >= 2);
  stop.unsubscribe();
  for (const init of sent) {
    expect(init.credentials).toBe('include');
    expect(JSON.stringify(init.headers ?? {}).toLowerCase()).not.toContain('authorization');
  }
});
