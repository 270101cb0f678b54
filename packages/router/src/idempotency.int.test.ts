import { commandInputs } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { createOneOfEach, type Fixture, procedures } from '../test/procedures.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/**
 * Messages, and what is restored, have ids of their own; a browser's session is no tenant's data; a key's secret is shown
 * once, see api-key.int.test.ts; a file's address is a new one each time, see file.int.test.ts.
 */
const unkeyed = /^(?:messages\.append|sessions?\.|apiKeys\.|files\.|\w+\.restore$)/;
const keyed = Object.entries(procedures)
  .filter(([path, { type }]) => type === 'mutation' && !unkeyed.test(path))
  .map(([path]) => path);

/** What makes another input of one that has no `expectedVersion`. */
const others: Record<string, object> = {
  'agents.register': { name: 'Other' },
  'agents.update': { name: 'Other' },
  'contacts.setConsent': { source: 'another' },
  'contacts.update': { name: 'Another' },
  'conversations.create': { tags: ['other'] },
  'conversations.findOrCreate': { tags: ['other'] },
  'followUps.claim': { limit: 2 },
  'handoffs.reassign': { limit: 2 },
  'followUps.heartbeat': { leaseMs: 2_000 },
  'messages.reserve': { tokens: 11 },
  'privacy.eraseContact': { contactId: 'another' },
  'privacy.setRetention': { days: null },
  'tenant.update': { businessHours: { timeZone: 'UTC', weekdays: [{ day: 1, from: '09:00', to: '17:00' }] } },
};

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
  expect(without.toSorted()).toEqual([
    'contacts.noteConsent',
    'conversations.continue',
    'conversations.endPause',
    'followUps.expire',
    'handoffs.expire',
    'messages.append',
    'messages.appendTurn',
    'privacy.eraseConversation',
  ]);
});

describe('the same key', () => {
  test.each(keyed)(
    'gives the first result of %s again, does nothing more, and refuses another input',
    async (path) => {
      const fixture = await createOneOfEach(server);
      await before[path]?.(fixture);
      const idempotencyKey = newKey();
      const input = { ...procedures[path]?.input(fixture), idempotencyKey };
      const first = await server.mutate(path, input);
      expect(first.status, JSON.stringify(first.body)).toBe(200);
      const counts = await server.counts();
      // The order of the keys of an input says nothing.
      const reordered = Object.fromEntries(Object.entries(input).toReversed());
      expect(await server.mutate(path, reordered)).toEqual(first);
      const more = others[path] ?? { expectedVersion: 1 };
      expect(await server.mutate(path, { ...input, ...more })).toMatchObject({
        status: 409,
        body: {
          error: {
            data: { code: 'CONFLICT', baton: { code: 'IDEMPOTENCY_MISMATCH', details: { idempotencyKey } } },
          },
        },
      });
      expect(await server.counts()).toEqual(counts);
    },
  );

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

  test('many times at once registers an agent once, and leases no follow-up twice', async () => {
    const { api } = server.baton;
    const agent = { id: 'only_once', kind: 'ai', idempotencyKey: newKey() } as const;
    const agents = await Promise.all(Array.from({ length: 8 }, () => api.agents.register.mutate(agent)));
    for (const each of agents) expect(each).toEqual(agents[0]);

    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    for (const context of ['one', 'two', 'three']) {
      await api.followUps.schedule.mutate({
        conversationId,
        type: 'nurture',
        dueAt: '2026-01-01T00:00:00.000Z',
        assignee: agent.id,
        context,
      });
    }
    const claim = { limit: 1, assignee: agent.id, idempotencyKey: newKey() };
    const claims = await Promise.all(Array.from({ length: 8 }, () => api.followUps.claim.mutate(claim)));
    for (const each of claims) expect(each).toEqual(claims[0]);
    expect(await api.followUps.claim.mutate({ limit: 10, assignee: agent.id })).toHaveLength(2);
  });

  test('stands for one command, whatever its kind', async () => {
    const { api } = server.baton;
    const key = { idempotencyKey: newKey() };
    await api.agents.register.mutate({ id: 'first_use', kind: 'ai', ...key });
    const create = { contactId: newContact(), channel: 'web', ...key } as const;
    for (const again of [api.conversations.create, api.conversations.findOrCreate])
      await expect(again.mutate(create)).rejects.toThrow('This idempotencyKey was used with another input');
    const other = { idempotencyKey: newKey() };
    await api.conversations.create.mutate({ ...create, ...other });
    const register = api.agents.register.mutate({ id: 'second_use', kind: 'ai', ...other });
    await expect(register).rejects.toThrow('This idempotencyKey was used with another input');
    const { items } = await api.agents.list.query({ limit: 100 });
    expect(items.map(({ id }) => id)).not.toContain('second_use');
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
