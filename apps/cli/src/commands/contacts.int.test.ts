import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
});
afterAll(() => cli[Symbol.asyncDispose]());

const create = (contactId: string) =>
  cli.baton.api.conversations.create.mutate({
    contactId,
    channel: 'web',
    contact: { name: `${contactId} Lovelace` },
    initialMessage: { text: `I am ${contactId}` },
  });

const asked = (answer: string) => {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answer;
  };
  return { questions, terminal: { ask } };
};

test('what will be erased is shown first, and nothing is erased without a yes', async () => {
  await create('ada');
  const { questions, terminal } = asked('no');
  for (const [ask, said] of [
    [terminal.ask, 'Nothing was erased.'],
    [null, 'give --yes to erase without asking'],
  ] as const) {
    const refused = await cli.runWith({ terminal: { ask } }, 'contacts', 'erase', 'ada');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(said);
    expect(refused.stderr).toMatch(/conversations +1\n/);
  }
  expect(questions).toEqual(['Erase all of this about ada for good? Type yes: ']);
  expect(await cli.conversationOf('ada')).toMatchObject({ status: 'active' });
});

test('a yes erases, and says what stands for the contact now', async () => {
  const { id: conversationId } = await create('bob');
  const erased = await cli.runWith(asked('yes'), 'contacts', 'erase', 'bob');
  expect(erased.exitCode).toBe(0);
  const pseudonym = /erased-[0-9a-f]{16}/.exec(erased.stdout)?.[0];
  const { items } = await cli.baton.api.conversations.timeline.query({ conversationId });
  expect(items).toMatchObject([
    { kind: 'created', contactId: pseudonym },
    { kind: 'message', text: '' },
    { kind: 'status', to: 'abandoned' },
    { kind: 'erasure' },
  ]);
  expect((await cli.run('show', conversationId)).stdout).toContain('everything before this erased');
});

test('scripts say yes beforehand, and read the record', async () => {
  await create('cleo');
  const record = await cli.json('contacts', 'erase', 'cleo', '--yes');
  expect(record).toMatchObject({ state: 'done', counts: { conversations: 1, messages: 1 } });
  expect(JSON.stringify(record)).not.toContain('cleo');
  const again = await cli.run('contacts', 'erase', 'cleo', '--yes');
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NOT_FOUND') });
});

test('an export has a record a line: the contact, the conversation, its entries', async () => {
  await create('dora');
  const { stdout } = await cli.run('contacts', 'export', 'dora');
  const records = stdout.split('\n').map((line) => JSON.parse(line).type);
  expect(records).toEqual(['contact', 'conversation', 'entry', 'entry']);
});

test('a contact is found by a word, changed, and said to want no more messages', async () => {
  await create('erin');
  const details = ['--phone', '+49 30 901820', '--email', 'Erin@example.com'];
  const updated = await cli.run('contacts', 'update', 'erin', ...details);
  expect(updated.stdout).toMatch(/phone +\+4930901820\n/);
  expect((await cli.run('contacts', 'update', 'erin', '--name', '')).stdout).not.toContain('Lovelace');
  const found = await cli.run('contacts', 'list', 'erin@ex');
  expect(found.stdout).toMatch(/erin +erin@example\.com +\+4930901820/);
  const none = await cli.run('contacts', 'list', 'nobody');
  expect(none).toMatchObject({ stdout: '', stderr: expect.stringContaining('No contact fits.') });
  const said = ['--channel', 'web', '--state', 'withdrawn', '--source', 'replied STOP'];
  expect(await cli.json('contacts', 'consent', 'erin', ...said)).toMatchObject({
    consent: { web: { state: 'withdrawn', source: 'replied STOP' } },
  });
  expect((await cli.run('contacts', 'show', 'erin')).stdout).toMatch(
    /consent web +withdrawn, \S+: replied STOP/,
  );
  expect(await cli.conversationOf('erin')).toMatchObject({ consent: { state: 'withdrawn' } });
  expect(await cli.json('contacts', 'list', 'erin')).toMatchObject({ items: [{ id: 'erin' }] });
});
