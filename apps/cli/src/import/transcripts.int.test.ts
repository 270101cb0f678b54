import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../test/test-cli.ts';

let cli: TestCli;
let folder: TemporaryFolder;

beforeAll(async () => {
  cli = await testCli();
  folder = await temporaryFolder();
});

afterAll(async () => {
  await cli[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const path = (name: string): string => join(folder.path, name);

const CHAT = [
  '13/04/2026, 10:00 - Mia Field: Is the desk lamp back?',
  '13/04/2026, 10:02 - Lamp Shop: Yes.',
  '13/04/2026, 10:03 - Mia Field: <Media omitted>',
  '13/04/2026, 10:04 - Lamp Shop: This message was deleted',
];
const whatsapp = (file: string, ...options: string[]) =>
  cli.run('import', 'whatsapp', path(file), '--us', 'Lamp Shop', '--time-zone', 'Europe/Berlin', ...options);

async function saidBy(contactId: string) {
  const { id: conversationId } = await cli.conversationOf(contactId);
  const { items } = await cli.baton.api.messages.list.query({ conversationId, limit: 100 });
  return items.map(({ at, author, visibility, text, parts = [] }) => [
    at,
    author.agentId ?? author.kind,
    visibility,
    text,
    parts.length,
  ]);
}

test('a dry run says what would come in and what not, and changes nothing', async () => {
  await folder.write('chat.txt', CHAT.join('\n'));
  const ran = await whatsapp('chat.txt', '--dry-run');
  expect(ran).toMatchObject({
    exitCode: 0,
    stdout:
      'Would come in: 1 conversation with 3 messages, 1 attachment, 1 contact, 1 agent. Nothing was changed.\n1 record was no message and left out.',
    stderr: 'chat.txt:message 4  Deleted by Lamp Shop',
  });
  expect((await cli.baton.api.conversations.list.query({})).items).toEqual([]);
});

test('a chat comes in with its times, people and attachments; a second run adds nothing', async () => {
  const ran = await whatsapp('chat.txt');
  expect(ran.exitCode).toBe(0);
  expect(await saidBy('whatsapp:Mia-Field')).toEqual([
    ['2026-04-13T08:00:00.000Z', 'customer', 'public', 'Is the desk lamp back?', 0],
    ['2026-04-13T08:02:00.000Z', 'lamp_shop', 'public', 'Yes.', 0],
    ['2026-04-13T08:03:00.000Z', 'customer', 'public', '', 1],
  ]);
  const before = await cli.conversationOf('whatsapp:Mia-Field');
  expect(before).toMatchObject({
    channel: 'whatsapp',
    contact: { name: 'Mia Field' },
    owner: { agentId: 'lamp_shop' },
  });
  const again = await whatsapp('chat.txt');
  expect(again.stdout).toContain('Nothing was new.');
  expect(await cli.conversationOf('whatsapp:Mia-Field')).toEqual(before);
});

test('a longer export adds what is new, also behind words that were said in Baton since', async () => {
  const { id: conversationId } = await cli.conversationOf('whatsapp:Mia-Field');
  const author = { kind: 'customer' } as const;
  await cli.baton.api.messages.append.mutate({
    conversationId,
    clientMessageId: 'live',
    author,
    text: 'Now live',
  });
  await folder.write(
    'longer.txt',
    [...CHAT.slice(1), '13/04/2026, 10:09 - Lamp Shop: Anything else?'].join('\n'),
  );
  const ran = await whatsapp('longer.txt');
  expect(ran.stdout).toContain('1 new or completed by 1 command.');
  const texts = (await saidBy('whatsapp:Mia-Field')).map(([, , , text]) => text);
  expect(texts).toEqual(['Is the desk lamp back?', 'Yes.', '', 'Now live', 'Anything else?']);
  const { items } = await cli.baton.api.messages.list.query({ conversationId, order: 'newest', limit: 1 });
  expect(items).toMatchObject([{ sentAt: '2026-04-13T08:09:00.000Z' }]);
  expect((await whatsapp('chat.txt')).stdout).toContain('Nothing was new.');
});

test('agents who answer one another take over, notes stay inside, and what was resolved is closed', async () => {
  const said = (id: number, type: number, name: string, isPrivate = false) => ({
    id,
    content: `Words ${id}`,
    message_type: type,
    created_at: 1_780_000_000 + id,
    private: isPrivate,
    sender: { id: name.length, name },
  });
  const payload = [
    {
      id: 41,
      status: 'resolved',
      meta: {
        sender: { id: 7, name: 'Lea', identifier: 'crm-7' },
        channel: 'Channel::Email',
        assignee: { name: 'Kim' },
      },
      messages: [
        said(1, 0, 'Lea'),
        said(2, 1, 'Kim'),
        said(3, 1, 'Ola'),
        said(4, 1, 'Kim'),
        said(5, 1, 'Ola', true),
      ],
    },
  ];
  await folder.write('chats.json', JSON.stringify({ data: { payload } }));
  expect(await cli.run('import', 'chatwoot', path('chats.json'))).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await saidBy('crm-7')).map(([, by, visibility]) => `${by} ${visibility}`)).toEqual([
    'customer public',
    'kim public',
    'ola public',
    'kim public',
    'ola internal',
  ]);
  expect(await cli.conversationOf('crm-7')).toMatchObject({
    status: 'completed',
    closedAt: '2026-05-28T20:26:45.000Z',
  });
  expect((await cli.run('import', 'chatwoot', path('chats.json'))).stdout).toContain('Nothing was new.');
});

test('a table comes in by its stages, goes out as one that is harmless in a spreadsheet, and comes back', async () => {
  await folder.write(
    'table.csv',
    'conversation_id,sent_at,author,body,contact_email,stage\n7,2026-02-01T09:00:00Z,customer,=SUM(1),lea@mail.example,closing\n8,2026-02-01T09:00:00Z,customer,hi,,\n',
  );
  expect(await cli.run('import', 'csv', path('table.csv'), '--channel', 'sms')).toMatchObject({
    exitCode: 0,
  });
  expect(await cli.conversationOf('lea@mail.example')).toMatchObject({ stage: 'closing', channel: 'sms' });
  const exported = await cli.run('export', '--format', 'csv', path('out.csv'));
  expect(exported).toMatchObject({ exitCode: 0, stderr: '' });
  expect(exported.stdout).toMatch(/out\.csv: \d+ messages of \d+ conversations\.$/);
  const rows: { body: string; contact_id: string; author: string; attachments: string }[] = parse(
    await readFile(path('out.csv'), 'utf8'),
    {
      columns: true,
    },
  );
  expect(rows.find((row) => row.contact_id === 'lea@mail.example')).toMatchObject({
    body: "'=SUM(1)",
    author: 'customer',
  });
  expect(rows.map(({ author }) => author)).toContain('Lamp Shop');
  // An attachment alone has nothing that a table can bring back.
  const said = rows.filter(({ body }) => body !== '');
  expect(rows.filter(({ body }) => body === '').map(({ attachments }) => attachments)).toEqual([
    'Media omitted',
  ]);
  const back = await cli.run('--json', 'import', 'csv', path('out.csv'), '--dry-run');
  expect(JSON.parse(back.stdout)).toMatchObject({ messages: said.length, faults: [] });
});

test('chat messages and transcripts come in; broken ones are named and end with code 3', async () => {
  await folder.write(
    'set.jsonl',
    '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}\nbroken\n',
  );
  const ran = await cli.run('import', 'messages', path('set.jsonl'), '--name', 'mine');
  expect(ran).toMatchObject({ exitCode: 3, stderr: 'set.jsonl:2  Not readable as JSON' });
  expect(await cli.conversationOf('mine-1')).toMatchObject({
    metrics: { messages: 2 },
    owner: { agentId: 'assistant' },
  });
  const line = {
    id: 'a',
    channel: 'web',
    contact: { id: 'own' },
    messages: [{ author: { kind: 'customer' }, text: 'Hey' }],
  };
  await folder.write('own.jsonl', JSON.stringify(line));
  expect((await cli.run('import', 'transcripts', path('own.jsonl'))).exitCode).toBe(0);
  expect(await cli.conversationOf('own')).toMatchObject({ metrics: { messages: 1 } });
});

test('columns of other names are named one by one, and a wrong one says which there are', async () => {
  await folder.write('named.csv', 'Case,Who,Words,When\n9,customer,Hi there,2026-02-03 10:00\n');
  const columns = ['conversation=Case', 'author=Who', 'text=Words', 'at=When'].flatMap((named) => [
    '--column',
    named,
  ]);
  const named = await cli.run('import', 'csv', path('named.csv'), ...columns, '--time-zone', 'UTC');
  expect(named).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await saidBy('contact-of-9')).map(([at]) => at)).toEqual(['2026-02-03T10:00:00.000Z']);
  const wrong = await cli.run('import', 'csv', path('named.csv'), '--column', 'mood=Who');
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('conversation, message, at') });
  const nameless = await cli.run('import', 'messages', path('set.jsonl'), '--name', 'a b');
  expect(nameless).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('letters, digits and -') });
});

test("an agent's conversations are given to another", async () => {
  const { id } = await cli.conversationOf('contact-of-9');
  await cli.baton.api.agents.register.mutate({ id: 'day', kind: 'human' });
  await cli.baton.api.agents.register.mutate({ id: 'night', kind: 'human', capacity: 1 });
  for (const contactId of ['first', 'second'])
    await cli.baton.api.conversations.create.mutate({ contactId, channel: 'web', agentId: 'day' });
  const full = await cli.run('reassign', 'day', 'night', '--reason', 'Off duty');
  expect(full.stdout).toBe("1 of day's conversations are night's now.\nnight takes no more: AGENT_FULL");
  const rest = await cli.json('reassign', 'day', 'lamp_shop', '--limit', '1');
  expect(rest).toMatchObject({ conversationIds: [expect.any(String)], stopped: null });
  const { owner } = await cli.baton.api.conversations.get.query({ conversationId: id });
  expect(owner.agentId).toBe('supervisor');
});

test.each([
  [['--us', 'Lamp Shop'], "required option '--time-zone <zone>' not specified"],
  [['--us', 'Lamp Shop', '--time-zone', 'Mars'], 'time zone'],
  [['--time-zone', 'UTC'], 'Say who of "Mia Field", "Lamp Shop" is the business'],
])('whatsapp with %j says what is missing', async (options, message) => {
  const ran = await cli.run('import', 'whatsapp', path('chat.txt'), ...options);
  expect(ran.exitCode).not.toBe(0);
  expect(ran.stderr).toContain(message);
});
