import { AgentId, type LastMessage } from '@baton/schema';
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ConversationPreview } from './conversation-preview.tsx';

afterEach(cleanup);

const message = (preview: string, agentId?: string): LastMessage => ({
  seq: 2,
  author: agentId === undefined ? { kind: 'customer' } : { kind: 'agent', agentId: AgentId.parse(agentId) },
  preview,
  at: '2026-03-02T10:00:00.000Z',
});
const note = message('Ask legal first', 'ben');

test.each([
  ['nothing', { lastMessage: null }, 'Nothing was said yet'],
  ['the last message', { lastMessage: message('Friday works', 'ana') }, 'You: Friday works'],
  ['one that was redacted', { lastMessage: message('') }, 'Redacted'],
  [
    'a note as one, beside the customer’s words',
    { lastMessage: note, lastPublicMessage: message('By Friday?') },
    'By Friday?Internal · Ben Ode: Ask legal first',
  ],
  [
    'a note as one where nothing was said',
    { lastMessage: note, lastPublicMessage: null },
    'Internal · Ben Ode: Ask legal first',
  ],
])('a preview shows %s', (_, conversation, text) => {
  expect(
    render(
      <ConversationPreview conversation={conversation} me={AgentId.parse('ana')} nameOf={() => 'Ben Ode'} />,
    ).container.textContent,
  ).toBe(text);
});

test('a preview turns nothing that stands beside it', () => {
  const text = 'By \u202EFriday';
  const { container } = render(
    <ConversationPreview
      conversation={{ lastMessage: message(text, 'ana') }}
      me={AgentId.parse('ana')}
      nameOf={() => 'Ben Ode'}
    />,
  );
  expect(container.querySelector('bdi')?.textContent).toBe(text);
});
