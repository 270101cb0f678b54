import { expect, test } from 'vitest';
import { parseTable, type TableOptions } from './parse-table.ts';

const TABLE = `conversation_id,sent_at,author,body,contact_email,stage,mood
7,2026-02-01 10:00:00+01:00,customer,"Two
lines?",lea@mail.example,lead,happy
7,2026-02-01T09:05:00Z,Kim Desk,"Yes, ""both""",lea@mail.example,qualification,
8,,customer,first,bo@mail.example,,
8,2026-02-02T08:00:00Z,customer,=SUM(1),bo@mail.example,,
8,,customer,no time,bo@mail.example,,
`;

function read(content: string, options: Partial<TableOptions> = {}) {
  return parseTable('table.csv', content, { columns: {}, channel: 'email', ...options });
}

test('rows of a conversation come together, with offsets, quotes and lines as they are', () => {
  const { transcripts, faults, notes } = read(TABLE);
  expect(faults).toEqual([]);
  expect(transcripts.map(({ transcript }) => transcript)).toMatchObject([
    {
      id: '7',
      channel: 'email',
      contact: { id: 'lea@mail.example', email: 'lea@mail.example' },
      stage: 'qualification',
    },
    { id: '8', contact: { id: 'bo@mail.example' } },
  ]);
  const said = transcripts.flatMap(({ transcript }) => transcript.messages);
  expect(said.map(({ at, author, text }) => [at, author.kind, text])).toEqual([
    ['2026-02-01T09:00:00.000Z', 'customer', 'Two\nlines?'],
    ['2026-02-01T09:05:00.000Z', 'agent', 'Yes, "both"'],
    [undefined, 'customer', 'first'],
    ['2026-02-02T08:00:00.000Z', 'customer', '=SUM(1)'],
    ['2026-02-02T08:00:00.000Z', 'customer', 'no time'],
  ]);
  expect(notes).toEqual([
    'Columns that were not read: mood; --column says what one means',
    'table.csv:7 has no time, and takes that of the row before it',
  ]);
});

test('the same rows in another order have the same ids', () => {
  const rows = (content: string) => content.trim().split('\n');
  const plain =
    'conversation_id,sent_at,author,body\n1,2026-02-01T09:00:00Z,user,a\n1,2026-02-01T09:01:00Z,user,b\n';
  const [heading = '', ...rest] = rows(plain);
  const ids = (content: string) =>
    read(content).transcripts.flatMap(({ transcript }) =>
      transcript.messages.map(({ id, text }) => `${text} ${id}`),
    );
  expect(ids([heading, ...rest.toReversed()].join('\n')).toSorted()).toEqual(ids(plain).toSorted());
});

test('columns of other names, a zone and a channel are taken as they are given', () => {
  const table =
    'Fall,Wann,Wer,Was,channel,visibility\n1,2026-07-01 12:00:00,Visitor,hi,web,\n1,2026-07-01 12:01:00,Kim,note,web,Internal\n';
  const columns = { conversation: 'Fall', at: 'Wann', author: 'Wer', text: 'Was' };
  const { transcripts } = read(table, { columns, timeZone: 'Europe/Berlin' });
  expect(transcripts[0]?.transcript).toMatchObject({
    channel: 'web',
    contact: { id: 'contact-of-1' },
    messages: [
      { at: '2026-07-01T10:00:00.000Z', author: { kind: 'customer' }, internal: false },
      { at: '2026-07-01T10:01:00.000Z', author: { kind: 'agent', name: 'Kim' }, internal: true },
    ],
  });
  expect(() => read(table, { columns })).toThrow('table.csv:2: "2026-07-01 12:00:00" has no offset from UTC');
});

test('broken rows are faults; an unknown stage is named', () => {
  const table =
    'conversation_id,sent_at,author,body,stage\n,2026-02-01T09:00:00Z,user,a,\n1,yesterdayZ,user,b,\n1,2026-02-01T09:00:00Z,,c,\n1,2026-02-01T09:00:00Z,user,d,hot\n';
  const { transcripts, faults, notes } = read(table);
  expect(faults).toEqual([
    { place: 'table.csv:2', problem: 'It names no conversation' },
    { place: 'table.csv:3', problem: '"yesterdayZ" is no time like 2026-01-31 09:30:00+01:00' },
    { place: 'table.csv:4', problem: 'It names no author' },
  ]);
  expect(transcripts[0]?.transcript.messages).toHaveLength(1);
  expect(notes).toEqual(['table.csv:3 has the unknown stage "hot", and stays in lead']);
});

test.each([
  ['', 'table.csv is empty'],
  ['a,b\n1,2\n', 'table.csv has no column for conversation'],
  ['conversation_id,author,body\n1,"x,y\n', 'table.csv is not readable as CSV'],
])('a file that is no such table is refused: %j', (content, message) => {
  expect(() => read(content)).toThrow(message);
});

test('a column that is not there is named', () => {
  expect(() => read(TABLE, { columns: { text: 'Was' } })).toThrow('table.csv has no column "Was"');
});
