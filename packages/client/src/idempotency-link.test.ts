import type { AppRouter } from '@baton/router/api';
import type { Operation, TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { describe, expect, test } from 'vitest';
import { idempotencyLink } from './idempotency-link.ts';

type Sent = Pick<Operation, 'type' | 'path' | 'input'>;

/** What the link sends on. */
function through(link: TRPCLink<AppRouter>, sent: Sent): unknown {
  let passed: unknown;
  const op: Operation = { id: 1, context: {}, signal: null, ...sent };
  link({})({
    op,
    next: (next) => {
      passed = next.input;
      return observable(() => () => undefined);
    },
  });
  return passed;
}

const link = idempotencyLink();
const keyed = { idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) };

describe('a command', () => {
  test.each([
    'conversations.create',
    'conversations.findOrCreate',
    'handoffs.takeover',
    'agents.register',
    'agents.update',
    'apiKeys.create',
    'privacy.eraseContact',
    'tenant.update',
    'deals.close',
    'qualification.record',
  ])('%s gets a key of its own', (path) => {
    const first = through(link, { type: 'mutation', path, input: { reason: 'x' } });
    const second = through(link, { type: 'mutation', path, input: { reason: 'x' } });
    expect(first).toEqual({ reason: 'x', ...keyed });
    expect(second).toEqual({ reason: 'x', ...keyed });
    expect(first).not.toEqual(second);
  });

  test('keeps the key that it has', () => {
    const input = { idempotencyKey: 'mine' };
    expect(through(link, { type: 'mutation', path: 'conversations.create', input })).toBe(input);
    const nothing = { idempotencyKey: undefined };
    expect(through(link, { type: 'mutation', path: 'conversations.create', input: nothing })).toEqual(keyed);
  });

  test('is not changed by it: its input stays as the caller has it', () => {
    const input = { contactId: 'ann' };
    through(link, { type: 'mutation', path: 'conversations.create', input });
    expect(input).toEqual({ contactId: 'ann' });
  });
});

test.each([
  ['a message, which has an id of its own', 'mutation', 'messages.append'],
  ['a claim, which is another each time', 'mutation', 'followUps.claim'],
  ['a question', 'query', 'conversations.list'],
  ['a feed', 'subscription', 'feed.tenant'],
] as const)('%s gets no key', (_, type, path) => {
  const input = {};
  expect(through(link, { type, path, input })).toBe(input);
});

test.each([undefined, null, 'text'])('what is no input (%j) is left to the server to refuse', (input) => {
  expect(through(link, { type: 'mutation', path: 'conversations.create', input })).toBe(input);
});
