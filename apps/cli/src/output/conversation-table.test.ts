import { AgentId, type ConversationView, type LastMessage, timestamp } from '@baton/schema';
import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { AT, createdConversation } from '../../test/factories.ts';
import { conversationRow } from './conversation-table.ts';

const message = (preview: string): LastMessage => ({
  seq: 2,
  author: { kind: 'customer' },
  preview,
  at: timestamp(Date.parse(AT)),
});
const note: LastMessage = {
  ...message('Ask legal'),
  author: { kind: 'agent', agentId: AgentId.parse('closer') },
};

function lastCell(messages: Pick<ConversationView, 'lastMessage' | 'lastPublicMessage'>): string | undefined {
  const view = { ...createdConversation(), contact: null, ...messages };
  return conversationRow(view, Date.parse(AT), { colors: createColors(false), width: 70 }).at(-1);
}

test('an internal note says so, behind what the customer may see', () => {
  const asked = message('We need it by Friday');
  expect(lastCell({ lastMessage: null })).toBe('');
  expect(lastCell({ lastMessage: asked })).toBe('customer: We need it by Friday');
  expect(lastCell({ lastMessage: note, lastPublicMessage: asked })).toBe(
    'customer: We need it by Friday · (internal) closer: Ask legal',
  );
  expect(lastCell({ lastMessage: note, lastPublicMessage: null })).toBe('(internal) closer: Ask legal');
  expect(lastCell({ lastMessage: note, lastPublicMessage: message('We need it '.repeat(9)) })).toMatch(
    /^customer: .{24}… · \(internal\) closer/,
  );
});
