import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { agentOfName } from './agent-of-name.ts';
import { parseTranscripts } from './parse-transcripts.ts';
import { prepareTranscripts } from './prepare-transcripts.ts';
import { Transcript } from './transcript.ts';

const DOCUMENTED = new URL('../../../../../docs/transcript.schema.json', import.meta.url);

const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const customer = { kind: 'customer' };
const LINE = {
  id: '1',
  channel: 'web',
  contact: { id: 'lea' },
  messages: [
    { author: customer, text: 'first' },
    { at: at(9), author: { kind: 'agent', name: 'Kim Désk' }, text: 'last' },
    { at: at(3), author: customer, text: 'middle' },
    { author: customer, text: 'behind the middle' },
    { author: customer, text: ' ' },
  ],
};

const prepared = (...lines: object[]) =>
  prepareTranscripts(parseTranscripts('t.jsonl', lines.map((line) => JSON.stringify(line)).join('\n')));

test('the schema in the documents is the one that files are read by', async () => {
  const schema = z.toJSONSchema(Transcript, { io: 'input' });
  const documented: unknown = JSON.parse(await readFile(DOCUMENTED, 'utf8'));
  expect(documented).toEqual({ title: 'A conversation of `baton import transcripts`', ...schema });
});

test('messages go in by their times; one without a time stays behind the one before it', () => {
  const { transcripts, leftOut, agents } = prepared(LINE);
  expect(transcripts[0]?.messages.map((message) => [message.at, message.message.text])).toEqual([
    [at(3), 'middle'],
    [at(3), 'behind the middle'],
    [at(9), 'first'],
    [at(9), 'last'],
  ]);
  expect(leftOut).toEqual([{ place: 't.jsonl:1/message 5', problem: 'Blank: nothing was said' }]);
  expect([...agents]).toEqual([['kim_desk', 'Kim Désk']]);
  expect(transcripts[0]?.owner).toBe('kim_desk');
});

test('of a contact only the last conversation stays open, and what stands twice is a fault', () => {
  const later = { ...LINE, id: '2', messages: [{ at: at(20), author: customer, text: 'again' }] };
  const doubled = {
    ...LINE,
    id: '3',
    channel: 'sms',
    messages: [1, 2].map(() => ({ id: 'm', author: customer, text: 'x' })),
  };
  const { transcripts, notes, faults } = prepared(later, LINE, doubled, LINE);
  const closed = Object.fromEntries(transcripts.map(({ transcript }) => [transcript.id, transcript.closed]));
  expect(closed).toEqual({ 1: true, 2: false, 3: false });
  expect(notes).toEqual(['t.jsonl:2 comes in completed: its contact has a later conversation on web']);
  expect(faults).toEqual([
    { place: 't.jsonl:3/message 2', problem: 'A second message with the id m' },
    { place: 't.jsonl:4', problem: 'A second conversation with the id 1' },
  ]);
});

test('a message that Baton does not take is a fault with its place', () => {
  const { faults } = prepared({ ...LINE, messages: [{ author: customer, text: 'x'.repeat(32_001) }] });
  expect(faults).toEqual([{ place: 't.jsonl:1/message 1', problem: expect.stringContaining('text') }]);
  expect(() => parseTranscripts('t.jsonl', '\n')).toThrow('t.jsonl is empty');
});

test.each([
  ['Sam Desk', 'sam_desk'],
  ['  Zoë  O’Hara ', 'zoe_o_hara'],
  ['7 of 9', /^agent_[0-9a-f]{12}$/],
  ['山田', /^agent_[0-9a-f]{12}$/],
  ['x'.repeat(65), /^agent_[0-9a-f]{12}$/],
])('the agent whom a source calls %j', (name, id) => {
  expect(agentOfName(name)).toMatch(id);
});
