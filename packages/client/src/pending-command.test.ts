import { execute } from '@baton/domain';
import { AppendMessage, type Command, CreateConversation } from '@baton/schema';
import { expect, test } from 'vitest';
import { applyPending, pendingCommand } from './pending-command.ts';

const ID = '65a000000000000000000001';
const system = { kind: 'system' as const };

function created(at: string) {
  const input = CreateConversation.parse({ contactId: 'ann', channel: 'web' });
  return execute(
    null,
    { type: 'conversations.create', input },
    { at, actor: system, id: ID, agents: null, mayForce: false, businessHours: null, jitter: 0 },
  ).conversation;
}

const append: Command = {
  type: 'messages.append',
  input: AppendMessage.parse({
    conversationId: ID,
    clientMessageId: 'm1',
    author: { kind: 'customer' },
    text: 'Is it still free?',
  }),
};

test('a command on a conversation that is not loaded yet shows nothing', () => {
  const pending = pendingCommand(append, system, null, 0);
  expect(pending.expected).toEqual([]);
  expect(applyPending(null, [], [pending])).toEqual({ conversation: null, entries: [] });
});

test('a command is shown at its own instant, or at the latest entry’s where that is later', () => {
  const later = created('2999-01-01T00:00:00.000Z');
  const shown = applyPending(later, [], [pendingCommand(append, system, later, 1)]);
  expect(shown.entries.map(({ at, seq }) => [at, seq])).toEqual([['2999-01-01T00:00:00.000Z', 2]]);
  const earlier = created('2020-01-01T00:00:00.000Z');
  const [entry] = applyPending(earlier, [], [pendingCommand(append, system, earlier, 1)]).entries;
  expect(entry?.at.localeCompare('2026-01-01T00:00:00.000Z')).toBe(1);
});

test('what the feed has brought of a command is not shown twice, loaded or not', () => {
  const conversation = created('2020-01-01T00:00:00.000Z');
  const pending = pendingCommand(append, system, conversation, 1);
  const { entries } = applyPending(conversation, [], [pending]);
  expect(applyPending(null, entries, [pending]).entries).toEqual([]);
  const half = { ...pending, expected: [...pending.expected, ...pending.expected] };
  expect(applyPending(null, entries, [half]).entries).toEqual([]);
});
