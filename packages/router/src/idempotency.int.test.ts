import { commandInputs } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { everything, type Fixture, procedures } from '../test/procedures.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const keyed = [
  'conversations.findOrCreate',
  ...Object.entries(commandInputs)
    .filter(([path, schema]) => 'idempotencyKey' in schema.shape && path in procedures)
    .map(([path]) => path),
];

/** What must have happened before a command may. */
const before: Record<string, (fixture: Fixture) => Promise<unknown>> = {
  'conversations.resume': ({ conversationId }) =>
    server.baton.api.conversations.pause.mutate({ conversationId }),
  'conversations.reopen': ({ conversationId }) =>
    server.baton.api.conversations.close.mutate({ conversationId }),
  'handoffs.transfer': ({ handoffId }) => server.baton.api.handoffs.cancel.mutate({ handoffId }),
  'handoffs.request': ({ handoffId }) => server.baton.api.handoffs.cancel.mutate({ handoffId }),
};

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;

test('every command but a message takes an idempotencyKey; a message has its clientMessageId', () => {
  const without = Object.keys(commandInputs).filter((path) => !keyed.includes(path));
  expect(without.toSorted()).toEqual(['handoffs.expire', 'messages.append', 'messages.appendTurn']);
});

describe('the same key', () => {
  test.each(keyed)(
    'with the same input gives the first result of %s again, and does nothing more',
    async (path) => {
      const fixture = await everything(server);
      await before[path]?.(fixture);
      const idempotencyKey = newKey();
      const input = { ...procedures[path]?.input(fixture), idempotencyKey };
      const first = await server.mutate(path, input);
      expect(first.status, JSON.stringify(first.body)).toBe(200);
      const counts = await server.counts();
      // The order of the keys of an input says nothing.
      const reordered = Object.fromEntries(Object.entries(input).toReversed());
      expect(await server.mutate(path, reordered)).toEqual(first);
      expect(await server.counts()).toEqual(counts);
    },
  );

  test.each(keyed)('with another input of %s is refused', async (path) => {
    const fixture = await everything(server);
    await before[path]?.(fixture);
    const idempotencyKey = newKey();
    const input = { ...procedures[path]?.input(fixture), idempotencyKey };
    expect((await server.mutate(path, input)).status).toBe(200);
    const counts = await server.counts();
    const more = path.endsWith('reate') ? { tags: ['other'] } : { expectedVersion: 1 };
    expect(await server.mutate(path, { ...input, ...more })).toMatchObject({
      status: 409,
      body: {
        error: {
          data: { code: 'CONFLICT', baton: { code: 'IDEMPOTENCY_MISMATCH', details: { idempotencyKey } } },
        },
      },
    });
    expect(await server.counts()).toEqual(counts);
  });

  test('many times at once does the command once', async () => {
    const { api } = server.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const raise = {
      conversationId,
      type: 'price',
      text: 'Too much',
      severity: 'low',
      idempotencyKey: newKey(),
    } as const;
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.objections.raise.mutate(raise)));
    expect(new Set(answers.map(({ objection }) => objection.id)).size).toBe(1);
    expect(await api.conversations.get.query({ conversationId })).toMatchObject({
      activeObjections: 1,
      version: 2,
    });
  });

  test('is each tenant’s own', async () => {
    const idempotencyKey = newKey();
    const create = { contactId: newContact(), channel: 'web', idempotencyKey } as const;
    const ours = await server.baton.api.conversations.create.mutate(create);
    const theirs = await server.stranger.api.conversations.create.mutate(create);
    expect(theirs.id).not.toBe(ours.id);
  });

  test('gives the first result even after the conversation went on', async () => {
    const { api } = server.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const update = { conversationId, tags: ['first'], idempotencyKey: newKey() };
    const first = await api.conversations.update.mutate(update);
    await api.conversations.update.mutate({ conversationId, tags: ['second'] });
    expect(await api.conversations.update.mutate(update)).toEqual(first);
    expect((await api.conversations.get.query({ conversationId })).tags).toEqual(['second']);
  });

  test('of a command that was refused may be used for one that is not', async () => {
    const { api } = server.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const key = { idempotencyKey: newKey() };
    await expect(api.conversations.resume.mutate({ conversationId, ...key })).rejects.toThrow('active');
    expect(await api.conversations.pause.mutate({ conversationId, ...key })).toMatchObject({
      status: 'paused',
    });
  });
});
