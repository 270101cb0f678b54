import { expect, test } from 'vitest';
import { parseChatMessages } from './parse-chat-messages.ts';

const CALL = { id: 'c9', type: 'function', function: { name: 'find_stock', arguments: '{"sku":"lamp"}' } };

function read(...lines: unknown[]) {
  const content = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return parseChatMessages('chats.jsonl', content, 'set');
}

test('tool calls and their results are internal, images are attachments, a refusal is what was said', () => {
  const { transcripts, leftOut } = read({
    messages: [
      { role: 'developer', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Have you this?' },
          { type: 'image_url', image_url: { url: 'https://files.example/l.jpg' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'c9', name: 'find_stock', content: '2' },
      { role: 'assistant', content: '', refusal: 'I may not say.' },
    ],
  });
  const [only] = transcripts;
  expect(only?.transcript).toMatchObject({ id: 'set-1', contact: { id: 'set-1' }, owner: 'Assistant' });
  expect(only?.transcript.messages).toEqual([
    {
      place: 'chats.jsonl:1/message 2',
      id: 'message-2',
      author: { kind: 'customer' },
      internal: false,
      text: 'Have you this?',
      parts: [{ type: 'attachment', url: 'https://files.example/l.jpg', name: 'image' }],
    },
    {
      place: 'chats.jsonl:1/message 3',
      id: 'message-3',
      author: { kind: 'agent', name: 'Assistant' },
      internal: true,
      text: 'Calls find_stock',
      parts: [{ type: 'tool_call', callId: 'c9', name: 'find_stock', arguments: '{"sku":"lamp"}' }],
    },
    {
      place: 'chats.jsonl:1/message 4',
      id: 'message-4',
      author: { kind: 'tool' },
      internal: true,
      text: 'Result of find_stock',
      parts: [{ type: 'tool_result', callId: 'c9', result: '2' }],
    },
    {
      place: 'chats.jsonl:1/message 5',
      id: 'message-5',
      author: { kind: 'agent', name: 'Assistant' },
      internal: false,
      text: 'I may not say.',
    },
  ]);
  expect(leftOut).toEqual([
    { place: 'chats.jsonl:1/message 1', problem: 'Instructions of the developer, which nobody said' },
  ]);
});

test('times are read in both forms', () => {
  const { transcripts } = read({
    messages: [
      { role: 'user', content: 'a', timestamp: '2024-02-03T10:00:00+02:00' },
      { role: 'assistant', content: 'b', timestamp: 1_700_000_000 },
    ],
  });
  expect(transcripts[0]?.transcript.messages.map(({ at }) => at)).toEqual([
    '2024-02-03T08:00:00.000Z',
    '2023-11-14T22:13:20.000Z',
  ]);
});

test('broken lines and messages are faults with their places; the others come in', () => {
  const { transcripts, faults } = read(
    'no JSON',
    '',
    {
      messages: [
        { role: 'narrator', content: 'x' },
        { role: 'user', content: 'hi' },
      ],
    },
    { text: 'x' },
  );
  expect(transcripts.map(({ place }) => place)).toEqual(['chats.jsonl:3']);
  expect(faults.map(({ place }) => place)).toEqual([
    'chats.jsonl:1',
    'chats.jsonl:4',
    'chats.jsonl:3/message 1',
  ]);
  expect(() => read('')).toThrow('chats.jsonl is empty');
});
