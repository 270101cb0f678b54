import { expect, test } from 'vitest';
import { AT, createdEntry, messageEntry } from '../../../test/factories.ts';
import { readArchive } from './read-archive.ts';
import { ARCHIVE_HEADER } from '../../export/archive-format.ts';

const OTHER = '65f000000000000000000002';
const HEADER = JSON.stringify(ARCHIVE_HEADER);
const END = JSON.stringify({ end: { agents: 0, conversations: 1, entries: 2 } });
const AGENT = {
  id: 'closer',
  kind: 'ai',
  name: 'Closer',
  roles: [],
  capacity: null,
  availability: 'available',
  members: [],
  createdAt: AT,
  updatedAt: AT,
};

const createdLine = JSON.stringify({ entry: createdEntry() });
const messageLine = JSON.stringify({ entry: messageEntry({ seq: 2, version: 2 }) });

test('agents and conversations are read, each with the line where it begins', async () => {
  const archive = await readArchive('a.jsonl', [
    HEADER,
    JSON.stringify({ agent: AGENT }),
    createdLine,
    messageLine,
    '',
    END,
  ]);
  expect(archive.faults).toEqual([]);
  expect(archive.agents).toEqual([AGENT]);
  expect(archive.conversations.map(({ place, entries }) => [place, entries.length])).toEqual([
    ['a.jsonl:3', 2],
  ]);
});

test.each([
  ['no JSON', '{', 'Not readable as JSON'],
  ['an unknown line', '{"what":1}', expect.stringContaining('entry')],
  ['a strange line', '{"entry":{"kind":"message"},"more":1}', expect.any(String)],
])('%s is a fault with its line, and the rest stands', async (_name, line, problem) => {
  const { conversations, faults } = await readArchive('a.jsonl', [
    HEADER,
    line,
    createdLine,
    messageLine,
    END,
  ]);
  expect(faults).toEqual([{ place: 'a.jsonl:2', problem }]);
  expect(conversations).toHaveLength(1);
});

test('a conversation with a broken entry is left out whole, the others stay', async () => {
  const broken = JSON.stringify({ entry: { ...messageEntry({ seq: 2, version: 2 }), text: 5 } });
  const other = JSON.stringify({ entry: createdEntry({ conversationId: OTHER }) });
  const { conversations, faults } = await readArchive('a.jsonl', [HEADER, createdLine, broken, other, END]);
  expect(faults).toEqual([
    { place: 'a.jsonl:3', problem: expect.stringContaining('entry.text') },
    { place: 'a.jsonl:2', problem: 'A line of this conversation is broken: it is left out' },
  ]);
  expect(conversations.map(({ entries }) => entries[0].conversationId)).toEqual([OTHER]);
});

test('a timeline with a gap is left out', async () => {
  const late = JSON.stringify({ entry: messageEntry({ seq: 3, version: 2 }) });
  const { conversations, faults } = await readArchive('a.jsonl', [HEADER, createdLine, late, END]);
  expect(conversations).toEqual([]);
  expect(faults).toEqual([{ place: 'a.jsonl:2', problem: expect.stringContaining('not the next one') }]);
});

test('an archive that was cut off is named as such', async () => {
  const { faults } = await readArchive('a.jsonl', [HEADER, createdLine]);
  expect(faults).toEqual([{ place: 'a.jsonl:2', problem: 'The archive ends before its last line' }]);
});

test.each([['{"format":"other"}'], ['{"format":"baton","version":2}'], ['']])(
  'a file that begins with %j is no archive',
  async (line) => {
    await expect(readArchive('a.jsonl', [line])).rejects.toThrow('no Baton archive of version 1');
  },
);

test('an empty file is no archive either', async () => {
  await expect(readArchive('a.jsonl', [])).rejects.toThrow('a.jsonl is empty');
});

test('a conversation with an entry that could not be exported is left out whole, and named', async () => {
  const { conversationId, version, at } = createdEntry();
  const unknown = JSON.stringify({ entry: { kind: 'unknown', conversationId, seq: 2, version, at } });
  const other = JSON.stringify({ entry: createdEntry({ conversationId: OTHER }) });
  const { conversations, faults } = await readArchive('a.jsonl', [HEADER, createdLine, unknown, other, END]);
  expect(faults).toEqual([
    { place: 'a.jsonl:3', problem: 'Entry 2 could not be read when it was exported' },
    { place: 'a.jsonl:2', problem: 'A line of this conversation is broken: it is left out' },
  ]);
  expect(conversations.map(({ entries }) => entries[0].conversationId)).toEqual([OTHER]);
});
