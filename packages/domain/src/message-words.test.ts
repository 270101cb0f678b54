import type { MessagePart } from '@baton/schema';
import { expect, test } from 'vitest';
import { partCharacters, previewOfMessage, searchedParts, searchedText, shownText } from './message-words.ts';

const reasoning = { type: 'reasoning', text: 'Think first' } as const;
const said = { type: 'text', text: 'Then speak' } as const;

test('texts of parts are searched beside the text, unless they stand in it', () => {
  expect(searchedText({ text: 'Hello' })).toBe('Hello');
  expect(searchedText({ text: 'Then speak', parts: [said] })).toBe('Then speak');
  expect(searchedText({ text: 'Hello', parts: [reasoning, said] })).toBe('Hello\nThink first\nThen speak');
  expect(searchedParts({ text: 'Hello', parts: [{ type: 'data', name: 'd', json: 1 }, said] })).toEqual([
    { part: 1, text: 'Then speak' },
  ]);
});

test('without a text the texts of parts are shown, and without any nothing is', () => {
  expect(shownText({ text: 'Hello', parts: [said] })).toBe('Hello');
  expect(shownText({ text: ' ', parts: [reasoning, said, { type: 'text', text: ' ' }] })).toBe('Then speak');
  expect(shownText({ text: '' })).toBe('');
  expect(previewOfMessage({ text: '', parts: [said] })).toBe('Then speak');
});

test.each<[MessagePart, number]>([
  [said, 10],
  [{ type: 'tool_call', callId: 'c', name: 'find', arguments: '{}' }, 6],
  [{ type: 'tool_call', callId: 'c', name: 'find', arguments: { a: 1 }, errorText: 'no' }, 13],
  [{ type: 'tool_result', callId: 'c', result: 'found' }, 5],
  [{ type: 'tool_result', callId: 'c', name: 'find', result: null }, 8],
  [{ type: 'attachment', url: `data:${'x'.repeat(9_995)}`, name: 'a.png' }, 4_005],
  [{ type: 'attachment', url: 'https://a.example' }, 17],
  [{ type: 'source', title: 'Prices', url: 'https://a.example' }, 23],
  [{ type: 'source', id: 's' }, 0],
  [{ type: 'data', name: 'chart', json: [1, 2] }, 10],
])('%j counts %i characters, however often it is asked', (part, characters) => {
  expect([partCharacters(part), partCharacters(part)]).toEqual([characters, characters]);
});
