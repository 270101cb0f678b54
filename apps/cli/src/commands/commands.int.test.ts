import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { chatRun, DIALOG_CSV, OUTCOMES_CSV, TRANSFERRED_RUN } from '../../test/fixtures.ts';
import { type TemporaryFolder, temporaryFolder } from '../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../test/test-cli.ts';

let cli: TestCli;
let folder: TemporaryFolder;

const path = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  cli = await testCli();
  folder = await temporaryFolder();
  for (const id of ['first', 'fourth']) {
    await folder.write(
      `${id}/full_dialog.csv`,
      DIALOG_CSV.replaceAll('first', id).replaceAll('second', `${id}-lost`),
    );
    await folder.write(
      `${id}/outcomes.csv`,
      OUTCOMES_CSV.replaceAll('first', id).replaceAll('second', `${id}-lost`),
    );
    await cli.run('import', 'persuasion', path(id));
  }
  await folder.write('runs.json', JSON.stringify([chatRun(), TRANSFERRED_RUN]));
  await cli.run('import', 'openai-chat', path('runs.json'), '--name', 'tables');
});

afterAll(async () => {
  await cli[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('list', () => {
  test('conversations are listed with who owns them and what was said last', async () => {
    const { stdout } = await cli.run('list', '--contact', 'persuasion-first');
    const [head, row] = stdout.split('\n');
    expect(head).toMatch(/^ID +CONTACT +CHANNEL +STAGE/);
    expect(row).toContain('persuasion-first');
    expect(row).toMatch(/closed_won +completed +persuader +5 .*customer: Lovely! Count me in\./);
  });

  test('filters go together', async () => {
    const found = await cli.json(
      'list',
      '--stage',
      'closed_lost',
      '--agent',
      'persuader',
      '--tag',
      'persuasion',
    );
    expect(found).toMatchObject({
      items: [{ stage: 'closed_lost' }, { stage: 'closed_lost' }],
      nextCursor: null,
    });
  });

  test('a customer who waits is shown with the time, the longest first', async () => {
    await cli.baton.api.conversations.create.mutate({
      contactId: 'waiter',
      channel: 'sms',
      initialMessage: { text: 'Anybody\nthere?' },
    });
    const { stdout } = await cli.run('list', '--waiting', '--channel', 'sms');
    expect(stdout).toMatch(
      /waiter .* 0 s .*customer: Anybody there\?|waiter .* \d+ m?s .*customer: Anybody there\?/,
    );
  });

  test('more than fits is said on the other stream', async () => {
    const { stdout, stderr } = await cli.run('list', '--limit', '2');
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toBe('There are more: --limit 8');
  });

  test('nothing that fits is said, not printed', async () => {
    expect(await cli.run('list', '--tag', 'nowhere')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'No conversation fits.',
    });
  });

  test('a conversation without a message has no last one', async () => {
    await cli.baton.api.conversations.create.mutate({ contactId: 'silent', channel: 'api' });
    expect((await cli.run('list', '--contact', 'silent')).stdout).toContain('silent');
  });
});

describe('show', () => {
  test('a conversation is told from its head to its last entry', async () => {
    const { id } = await cli.conversationOf('tables-2-0');
    const { stdout } = await cli.run('show', id);
    expect(stdout).toContain(`tables-2-0 on web  ${id}`);
    expect(stdout).toContain('owner     human_support, since');
    expect(stdout).toMatch(/customer: I would like to speak to a real person\./);
    expect(stdout).toContain('· handoff transferred: assistant → human_support (user_intent, 90 %)');
    expect(stdout).toContain('→ transfer_to_human_agents {"summary":"Wants a person"}');
  });

  test('open work stands in the head', async () => {
    const { api } = cli.baton;
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: 'busy',
      channel: 'web',
      tags: ['vip'],
      initialMessage: { text: 'Hi' },
    });
    await api.objections.raise.mutate({ conversationId, type: 'price', severity: 'high', text: 'Too dear' });
    await api.followUps.schedule.mutate({
      conversationId,
      type: 'nurture',
      dueAt: '2031-01-01T09:00:00.000Z',
    });
    await api.deals.update.mutate({ conversationId, deal: { monthlyValueCents: 9_900 } });
    await api.handoffs.request.mutate({
      conversationId,
      from: 'supervisor',
      to: 'closer',
      reason: 'Ready',
      trigger: 'manual',
    });
    const { stdout } = await cli.run('show', conversationId);
    for (const words of [
      'for an answer\n',
      'handoff   supervisor → closer is pending: Ready',
      'deal      $99 a month',
      'objection price, high: Too dear',
      'follow-up nurture, in ',
      'tags      vip',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  test.each([
    [true, 'qualified yes, score 90'],
    [false, 'qualified no, score 68'],
  ])('whether a customer is qualified (%s) stands there with the score', async (verdict, words) => {
    const { api } = cli.baton;
    const place = { contactId: `asked-${verdict}`, channel: 'web' as const };
    const { id: conversationId } = await api.conversations.create.mutate(place);
    await api.qualification.record.mutate({
      conversationId,
      by: 'qualifier',
      budget: { verdict, value: '$500' },
      authority: { verdict: true, role: 'Owner' },
      need: { verdict: true, useCase: 'Reminders' },
      timeline: { verdict: true, timeframe: 'Soon' },
    });
    expect((await cli.run('show', conversationId)).stdout).toContain(words);
  });

  test('JSON has the conversation and every entry', async () => {
    const { id, lastSeq } = await cli.conversationOf('tables-1-0');
    const shown = await cli.json('show', id);
    expect(shown).toMatchObject({ conversation: { id } });
    expect(shown).toHaveProperty('entries.length', lastSeq);
  });

  test('an unknown id is refused with its code, a malformed one as wrong usage', async () => {
    const unknown = await cli.run('show', 'f'.repeat(24));
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^NOT_FOUND: /) });
    expect(await cli.run('show', 'abc')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('24'),
    });
  });
});

describe('search', () => {
  test('conversations are found by a stem, with the word in colour', async () => {
    const colors = createColors(true);
    const ran = await cli.runWith({ terminal: { colors } }, 'search', 'beach');
    expect(ran.stdout).toContain(colors.bold(colors.yellow('beaches')));
    expect(ran.stdout).toContain('persuasion-first');
  });

  test('messages are found one by one, and a word can be left out', async () => {
    const all = await cli.run('search', '--messages', 'minute', 'sea', '--author', 'agent');
    expect(all.stdout).toContain('persuader: Hello, do you have a minute for the sea?');
    const fewer = await cli.run('search', '--messages', '--', 'sea', '-minute');
    expect(fewer.stdout).toContain('For the sea, always.');
    expect(fewer.stdout).not.toContain('minute for the sea');
  });

  test.each([
    // As the shells hand it over: sh and PowerShell 7, Windows PowerShell, cmd.
    ['"for the sea"'],
    ['for the sea'],
    ["'for the sea'"],
    ['--phrase=for the sea'],
  ])('%s is a phrase in any shell', async (argument) => {
    const found = await cli.run('search', '--messages', argument);
    expect(found.stdout).toContain('For the sea, always.');
    const apart = argument.replace('for the sea', 'minute the sea');
    expect(await cli.run('search', '--messages', apart)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'Nothing was found for "minute the sea". Words without quotes need not stand together.',
    });
  });

  test('nothing to look for is wrong usage', async () => {
    expect(await cli.run('search', '--messages')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('nothing found is said, not printed', async () => {
    for (const more of [[], ['--messages']]) {
      expect(await cli.run('search', 'xylophone', ...more)).toEqual({
        exitCode: 0,
        stdout: '',
        stderr: 'Nothing was found.',
      });
    }
  });

  test('JSON has score and highlights', async () => {
    expect(await cli.json('search', 'beaches', '--stage', 'closed_won')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ matches: 1, best: expect.any(Object) })]),
    });
    expect(await cli.json('search', 'beaches', '--messages')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ highlights: expect.any(Array) })]),
    });
  });
});

describe('metrics', () => {
  test.each([
    ['overview', /Deals won +\d+ \(\$[\d.,]+ a month\)/],
    ['funnel', /lead +qualification/],
    ['stages', /STAGE +COUNT/],
    ['responses', /ANSWERED WITHIN/],
    ['agents', /persuader +\d+/],
    ['objections', /price +1/],
  ])('%s are a table', async (name, words) => {
    const ran = await cli.run('metrics', name);
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(words);
  });

  test('a period and a channel leave others out', async () => {
    const overview = await cli.json(
      'metrics',
      'overview',
      '--from',
      '2024-01-01',
      '--to',
      '2024-12-31',
      '--channel',
      'web',
    );
    const { items } = await cli.baton.api.conversations.list.query({ limit: 100 });
    const inside = items.filter(({ createdAt, channel }) => createdAt < '2024-12-31' && channel === 'web');
    expect(overview).toMatchObject({ conversations: inside.length });
  });
});

describe('usage', () => {
  test.each([
    [['dance'], 'unknown command'],
    [['list', '--stage', 'nowhere'], 'Allowed choices'],
    [['show'], 'missing required argument'],
    [['list', '--since', 'today'], 'unknown option'],
    [['list', '--limit', '0'], 'Expected a whole number'],
    [['simulate'], '--conversations'],
  ])('%j is wrong usage', async (argv, words) => {
    const ran = await cli.run(...argv);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(words);
  });

  test('a stack is shown to who debugs, and to nobody else', async () => {
    const failing = ['show', 'f'.repeat(24)];
    expect((await cli.run(...failing)).stderr).not.toContain('    at ');
    vi.stubEnv('BATON_DEBUG', '1');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await cli.run(...failing)).stderr).toContain('    at ');
  });

  test('help names every command, and version the release', async () => {
    const { stdout, exitCode } = await cli.run('--help');
    expect(exitCode).toBe(0);
    for (const name of [
      'start',
      'migrate',
      'doctor',
      'import',
      'export',
      'simulate',
      'list',
      'show',
      'search',
      'metrics',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
    expect((await cli.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

test('export writes to the standard output or to a file, and says what it wrote', async () => {
  const printed = await cli.run('export');
  const lines = printed.stdout.split('\n');
  expect(JSON.parse(lines[0] ?? '')).toEqual({ format: 'baton', version: 3 });
  const file = path('all.jsonl');
  const written = await cli.run('export', file);
  expect(written.stdout).toMatch(/all\.jsonl: \d+ conversations, \d+ entries, \d+ agents, \d+ contacts\./);
  expect((await readFile(file, 'utf8')).trim().split('\n')).toEqual(lines);
  const { conversations } = JSON.parse(JSON.stringify(await cli.json('export', file)));
  expect(conversations).toBe((await cli.baton.api.admin.stats.query()).conversations);
  const nowhere = await cli.run('export', path('no/such/folder.jsonl'));
  expect(nowhere).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^Cannot write .* no such file/),
  });
});
