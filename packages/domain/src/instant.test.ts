import { ConversationId, type Command } from '@baton/schema';
import { expect, test } from 'vitest';
import { execute } from './execute.ts';
import { instantOfCommand } from './instant.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const id = ConversationId.parse('a'.repeat(24));

const pause = (at?: string): Command => ({ type: 'conversations.pause', input: { conversationId: id, at } });

const { conversation } = execute(
  null,
  { type: 'conversations.create', input: { contactId: 'ann', channel: 'web', tags: [], metadata: {} } },
  {
    at: '2026-03-01T11:00:00.000Z',
    actor: { kind: 'system' },
    id,
    agents: null,
    mayForce: false,
    businessHours: null,
    jitter: 0,
  },
);

test("a command happens at the server's clock", () => {
  expect(instantOfCommand(pause(), conversation, NOW)).toBe('2026-03-01T12:00:00.000Z');
  expect(instantOfCommand(pause(), null, NOW)).toBe('2026-03-01T12:00:00.000Z');
});

test('a clock that went back does not take the timeline back', () => {
  const before = Date.parse('2026-03-01T10:00:00.000Z');
  expect(instantOfCommand(pause(), conversation, before)).toBe('2026-03-01T11:00:00.000Z');
});

test('brought-in history keeps its own instant', () => {
  expect(instantOfCommand(pause('2026-03-01T11:30:00.000Z'), conversation, NOW)).toBe(
    '2026-03-01T11:30:00.000Z',
  );
});

test('brought-in history may happen at the very instant of the latest entry, and right now', () => {
  expect(instantOfCommand(pause('2026-03-01T11:00:00.000Z'), conversation, NOW)).toBe(
    '2026-03-01T11:00:00.000Z',
  );
  expect(instantOfCommand(pause('2026-03-01T12:00:00.000Z'), conversation, NOW)).toBe(
    '2026-03-01T12:00:00.000Z',
  );
});

test('a new conversation may be brought in from any time', () => {
  expect(instantOfCommand(pause('1999-12-31T23:59:59.999Z'), null, NOW)).toBe('1999-12-31T23:59:59.999Z');
});

test('a new conversation is not brought in from the future', () => {
  expect(() => instantOfCommand(pause('2026-03-01T12:00:00.001Z'), null, NOW)).toThrowError(
    expect.objectContaining({ code: 'INVALID_INSTANT' }),
  );
});

test.each([
  ['in the future', '2026-03-01T12:00:00.001Z'],
  ['before the latest entry', '2026-03-01T10:59:59.999Z'],
])('an instant %s is refused', (_name, at) => {
  expect(() => instantOfCommand(pause(at), conversation, NOW)).toThrowError(
    expect.objectContaining({ code: 'INVALID_INSTANT' }),
  );
});
