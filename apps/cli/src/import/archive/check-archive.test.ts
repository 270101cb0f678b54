import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AT, CONVERSATION, createdEntry, messageEntry } from '../../../test/factories.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../test/temporary-folder.ts';
import { ARCHIVE_HEADER } from '../../export/archive-format.ts';
import { archiveSteps } from './archive-steps.ts';
import { checkArchive } from './check-archive.ts';

const OTHER = '65f000000000000000000002';
const HEADER = JSON.stringify(ARCHIVE_HEADER);
const HEADER_1 = JSON.stringify({ format: 'baton', version: 1 });

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
const CONTACT = { id: 'ada', name: 'Ada', firstSeenAt: AT, lastSeenAt: AT };

const line = (kind: string, value: object) => JSON.stringify({ [kind]: value });
const created = line('entry', createdEntry());
const message = line('entry', messageEntry({ seq: 2, version: 2 }));
const count = (entries: number, id = CONVERSATION) => line('conversation', { id, entries });
const otherCreated = line('entry', createdEntry({ conversationId: OTHER }));
const other = [otherCreated, count(1, OTHER)];
const end = (conversations: number, entries: number, more: object = {}) =>
  line('end', { agents: 0, contacts: 0, conversations, entries, ...more });

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const fileOf = (...lines: string[]) => folder.write('a.jsonl', `${lines.join('\n')}\n`);

/** What is wrong, by line, and which conversations come in. */
async function check(...lines: string[]) {
  const file = await fileOf(...lines);
  const { faults, leftOut, ...counts } = await checkArchive(file);
  const broughtIn: string[] = [];
  for await (const step of archiveSteps(file, leftOut))
    if (step.type === 'piece') broughtIn.push(step.conversationId);
  const at = (place: string) => Number(place.slice(`${file}:`.length));
  return { faults: faults.map(({ place, problem }) => [at(place), problem]), broughtIn, ...counts };
}

const leftOut = (id = CONVERSATION) => `Conversation ${id} is left out`;

describe('a whole archive', () => {
  test('has agents, contacts and conversations', async () => {
    const lines = [line('tenant', { businessHours: null }), line('agent', AGENT), line('contact', CONTACT)];
    const counted = end(2, 3, { agents: 1, contacts: 1 });
    expect(await check(HEADER, ...lines, created, message, count(2), '', ...other, counted)).toEqual({
      version: 3,
      agents: 1,
      contacts: 1,
      conversations: 2,
      entries: 3,
      faults: [],
      broughtIn: [CONVERSATION, OTHER],
    });
  });

  test('of version 1 has nothing behind a conversation, and counts no contacts', async () => {
    const counted = line('end', { agents: 0, conversations: 2, entries: 3 });
    expect(await check(HEADER_1, created, message, otherCreated, counted)).toMatchObject({
      version: 1,
      conversations: 2,
      faults: [],
      broughtIn: [CONVERSATION, OTHER],
    });
  });
});

describe('a broken line', () => {
  const rest = [...other, end(2, 3)];

  test.each<[string, string[], number, string]>([
    ['cut short', [created, message.slice(0, 80), count(2)], 3, 'Not readable as JSON'],
    ['cut so short that it names nothing', [created, '{"ent', count(2)], 3, 'Not readable as JSON'],
    ['of another shape', [created, message.replace('"Hello."', '5'), count(2)], 3, 'entry.text'],
    [
      'of a newer kind',
      [created, message.replace('"kind":"message"', '"kind":"survey"'), count(2)],
      3,
      '"survey"',
    ],
    [
      'that was lost',
      [created, line('entry', messageEntry({ seq: 3, version: 2 })), count(3)],
      3,
      'Entry 2 comes next',
    ],
    ['that comes twice', [created, message, message, count(2)], 4, 'Entry 3 comes next, not 2'],
    [
      'that goes back in time',
      [created, message.replace(AT, '2020-01-01T00:00:00.000Z'), count(2)],
      3,
      'at: ',
    ],
    ['lost at the end', [created, count(2)], 3, 'It had 2 entries, and 1 are here'],
    ['lost at the beginning', [message, count(2)], 2, 'Entry 1 comes next, not 2'],
    ['lost behind it', [created, message], 4, 'The line that ends it is missing'],
  ])('%s leaves its conversation out, and nothing else', async (_name, lines, at, problem) => {
    const { faults, broughtIn } = await check(HEADER, ...lines, ...rest);
    expect(faults[0]).toEqual([at, expect.stringContaining(problem)]);
    expect(faults[0]?.[1]).toContain(leftOut());
    expect(broughtIn).toEqual([OTHER]);
  });

  test('that could not be exported leaves its conversation out', async () => {
    const { conversationId, version, at } = createdEntry();
    const unknown = line('entry', { kind: 'unknown', conversationId, seq: 2, version, at });
    const { faults, broughtIn } = await check(HEADER, created, unknown, count(2), ...other, end(2, 3));
    expect(faults).toEqual([[3, `Entry 2 could not be read when it was exported. ${leftOut()}`]]);
    expect(broughtIn).toEqual([OTHER]);
  });

  test.each([
    ['no JSON', '{', 'Not readable as JSON'],
    ['an unknown line', '{"what":1}', 'No line of an archive'],
    ['a line of two things', '{"agent":{},"entry":{}}', 'No line of an archive'],
    ['no object', '7', 'No line of an archive'],
    ['a broken agent', line('agent', { ...AGENT, kind: 'robot' }), 'agent.kind'],
    ['a broken contact', line('contact', { ...CONTACT, email: 5 }), 'contact.email'],
  ])(
    'before a conversation (%s) is a fault, and every conversation comes in',
    async (_name, broken, problem) => {
      const { faults, broughtIn } = await check(HEADER, broken, created, message, count(2), ...rest);
      expect(faults).toEqual([[2, expect.stringContaining(problem)]]);
      expect(broughtIn).toEqual([CONVERSATION, OTHER]);
    },
  );

  test('that may have been the last of a conversation leaves it out where nothing counts its entries', async () => {
    const { faults, broughtIn } = await check(HEADER_1, created, message, '{"entr', otherCreated, end(2, 4));
    expect(faults).toEqual([
      [4, `Not readable as JSON. ${leftOut()}`],
      [6, 'The archive had 4 entries, and 3 can be read'],
    ]);
    expect(broughtIn).toEqual([OTHER]);
  });

  test('that is not in UTF-8 is one, and what is around it stands', async () => {
    const file = join(folder.path, 'bytes.jsonl');
    const broken = Buffer.from(message.replace('Hello', 'Hell?'));
    broken[broken.indexOf('?')] = 0xff;
    const lines = [HEADER, created].map((text) => `${text}\n`).join('');
    const after = `\n${[count(2), ...other, end(2, 3)].join('\n')}`;
    await writeFile(file, Buffer.concat([Buffer.from(lines), broken, Buffer.from(after)]));
    const { faults, leftOut: ids } = await checkArchive(file);
    expect(faults[0]).toEqual({ place: `${file}:3`, problem: `Not readable as UTF-8. ${leftOut()}` });
    expect([...ids]).toEqual([CONVERSATION]);
  });
});

describe('an archive that was cut off', () => {
  test.each([
    ['in a conversation', [...other, created], [OTHER], [4, 'The archive ends in the middle of it']],
    ['between two', other, [OTHER], [3, 'The archive ends before its last line']],
  ])('%s keeps those that are whole', async (_name, lines, whole, [at, problem]) => {
    const { faults, broughtIn } = await check(HEADER, ...lines);
    expect(faults[0]).toEqual([at, expect.stringContaining(String(problem))]);
    expect(faults.at(-1)).toEqual([1 + lines.length, expect.stringContaining('ends before its last line')]);
    expect(broughtIn).toEqual(whole);
  });

  test('and goes on with another one says so', async () => {
    const { faults } = await check(HEADER, ...other, end(1, 1), created);
    expect(faults).toEqual([[5, 'A line behind the last one of the archive']]);
  });
});

describe('a file', () => {
  test('may have the marks that editors and shells add', async () => {
    const lines = [HEADER, created, message, count(2), end(1, 2)];
    const file = await folder.write('marked.jsonl', `\uFEFF${lines.join('\r\n')}\r\n`);
    expect(await checkArchive(file)).toMatchObject({ conversations: 1, faults: [] });
  });

  test('may have line separators in its texts', async () => {
    const text = 'one\u2028two\u2029three\u0085four';
    const lines = [HEADER, created, line('entry', messageEntry({ seq: 2, version: 2, text })), count(2)];
    const file = await fileOf(...lines, end(1, 2));
    expect(await checkArchive(file)).toMatchObject({ conversations: 1, entries: 2, faults: [] });
  });

  test.each([
    ['{"format":"other"}', 'no Baton archive'],
    ['', 'no Baton archive'],
    ['{"format":"baton","version":4}', 'version 4; this Baton reads up to version 3'],
  ])('that begins with %j is refused', async (first, message_) => {
    await expect(checkArchive(await fileOf(first))).rejects.toThrow(message_);
  });

  test('that is empty is refused', async () => {
    await expect(checkArchive(await folder.write('empty.jsonl', ''))).rejects.toThrow('is empty');
  });

  test('in UTF-16 is refused, with what to do instead', async () => {
    const file = join(folder.path, 'utf16.jsonl');
    await writeFile(file, Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le'));
    await expect(checkArchive(file)).rejects.toThrow(/UTF-16.*baton export/s);
  });
});

test('a long timeline is checked and sent in pieces', async () => {
  const messages = Array.from({ length: 2_300 }, (_, index) =>
    line('entry', messageEntry({ seq: index + 2, version: index + 2, clientMessageId: `m-${index}` })),
  );
  const lines = [created, ...messages, count(2_301)];
  const file = await fileOf(HEADER, ...lines, ...other, end(2, 2_302));
  expect(await checkArchive(file)).toMatchObject({ conversations: 2, faults: [] });
  const pieces = [];
  for await (const step of archiveSteps(file, new Set())) {
    if (step.type === 'piece')
      pieces.push([step.conversationId, step.entries.length, step.isFirst, step.more, step.line]);
  }
  expect(pieces.map(([id, , isFirst, more]) => [id, isFirst, more])).toEqual([
    [CONVERSATION, true, true],
    ...Array.from({ length: pieces.length - 3 }, () => [CONVERSATION, false, true]),
    [CONVERSATION, false, false],
    [OTHER, true, false],
  ]);
  expect(pieces.reduce((sum, [, entries]) => sum + Number(entries), 0)).toBe(2_302);
  const late = lines.with(2_200, message);
  const broken = await checkArchive(await fileOf(HEADER, ...late, ...other, end(2, 2_302)));
  expect(broken.faults).toMatchObject([{ place: expect.stringMatching(/:2202$/) }]);
});
