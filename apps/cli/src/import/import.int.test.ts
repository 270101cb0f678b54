import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BROKEN_DIALOG_CSV,
  BROKEN_OUTCOMES_CSV,
  chatRun,
  DIALOG_CSV,
  OUTCOMES_CSV,
  TRANSFERRED_RUN,
} from '../../test/fixtures.ts';
import { type TemporaryFolder, temporaryFolder } from '../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { sendCommand } from '../api/api-command.ts';
import { parsePersuasion } from './persuasion/parse-persuasion.ts';
import { planDialogue } from './persuasion/plan-dialogue.ts';

let cli: TestCli;
let folder: TemporaryFolder;

beforeAll(async () => {
  cli = await testCli();
  folder = await temporaryFolder();
  await folder.write('persuasion/full_dialog.csv', DIALOG_CSV);
  await folder.write('persuasion/outcomes.csv', OUTCOMES_CSV);
  await folder.write('broken/full_dialog.csv', BROKEN_DIALOG_CSV.replaceAll('first', 'fourth'));
  await folder.write('broken/outcomes.csv', BROKEN_OUTCOMES_CSV.replaceAll('first', 'fourth'));
  await folder.write('runs.json', JSON.stringify([chatRun(), TRANSFERRED_RUN]));
  await folder.write('broken-runs.json', JSON.stringify([{ reward: 1 }, chatRun({ task_id: 9 })]));
});

afterAll(async () => {
  await cli[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const path = (name: string): string => join(folder.path, name);

async function versions(): Promise<Record<string, number>> {
  const { items } = await cli.baton.api.conversations.list.query({ limit: 100 });
  return Object.fromEntries(items.map(({ contactId, version }) => [contactId, version]));
}

describe('import persuasion', () => {
  test('dialogues come in with their words, owner, stage and deal', async () => {
    const ran = await cli.run('import', 'persuasion', path('persuasion'));
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^3 conversations are in: 3 new or completed by \d+ commands\.$/);
    const won = await cli.conversationOf('persuasion-first');
    expect(won).toMatchObject({
      stage: 'closed_won',
      status: 'completed',
      owner: { agentId: 'persuader' },
      deal: { monthlyValueCents: 150, paymentMethod: 'credit_card' },
      metrics: { messages: 5, customerMessages: 2 },
      metadata: { persuadeeDonationCents: 150 },
      isQualified: null,
    });
    const { items } = await cli.baton.api.messages.list.query({ conversationId: won.id });
    expect(items.map(({ text }) => text)).toEqual([
      'Hello, do you have a minute for the sea?',
      'For the sea, always.',
      'We clean beaches.',
      'Every Sunday.',
      'Lovely! Count me in.',
    ]);
    expect(await cli.conversationOf('persuasion-second')).toMatchObject({
      stage: 'closed_lost',
      deal: { closeReason: 'Gave nothing' },
    });
  });

  test('the timeline shows which move was forced, and why', async () => {
    const { id } = await cli.conversationOf('persuasion-first');
    const { items } = await cli.baton.api.stages.history.query({ conversationId: id });
    const forced = items.filter((move) => move.forced);
    expect(forced).toMatchObject([{ to: 'closing', reason: expect.stringContaining('Recorded outcome') }]);
  });

  test('a second run changes nothing', async () => {
    const before = await versions();
    const ran = await cli.run('import', 'persuasion', path('persuasion'));
    expect(ran).toMatchObject({ exitCode: 0, stdout: '3 conversations are in: nothing was new.' });
    expect(await versions()).toEqual(before);
  });

  test('broken rows are named, the rest goes in, and the exit code says so', async () => {
    const ran = await cli.run('import', 'persuasion', path('broken'));
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('full_dialog.csv:3');
    expect(ran.stderr).toContain('outcomes.csv:4');
    expect(ran.stdout).toContain('6 records were left out or came in only in part.');
    expect(await cli.conversationOf('persuasion-fourth')).toMatchObject({ metrics: { messages: 2 } });
    expect(await cli.conversationOf('persuasion-lonely')).toMatchObject({ status: 'active', stage: 'lead' });
  });

  test('JSON has every fault', async () => {
    const result = await cli.json('import', 'persuasion', path('broken'));
    expect(result).toMatchObject({ conversations: 2, changed: 0, commands: 0 });
    expect(result).toHaveProperty('faults.length', 6);
  });

  test('many faults are counted, not all listed', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => `${index},x,0,9,crowd`).join('\n');
    await folder.write('many/full_dialog.csv', `,Unit,Turn,B4,B2\n${rows}\n`);
    await folder.write('many/outcomes.csv', OUTCOMES_CSV);
    const ran = await cli.run('import', 'persuasion', path('many'));
    expect(ran.stderr.split('\n')).toHaveLength(21);
    expect(ran.stderr).toContain('… and 10 more');
  });

  test('a key of another role stops at once, with the code of the refusal', async () => {
    const files = await folder.write('rights/full_dialog.csv', DIALOG_CSV.replaceAll('first', 'fifth'));
    await folder.write('rights/outcomes.csv', OUTCOMES_CSV);
    expect(files).toContain('rights');
    const ran = await cli.runWith({ role: 'app' }, 'import', 'persuasion', path('rights'));
    expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^FORBIDDEN: /) });
  });

  test('what the server refuses of one conversation is a fault of that one', async () => {
    await cli.baton.api.conversations.create.mutate({ contactId: 'persuasion-sixth', channel: 'web' });
    await folder.write(
      'taken/full_dialog.csv',
      DIALOG_CSV.replaceAll('first', 'sixth').replaceAll('third', 'seventh'),
    );
    await folder.write(
      'taken/outcomes.csv',
      OUTCOMES_CSV.replaceAll('first', 'sixth').replaceAll('third', 'seventh'),
    );
    const ran = await cli.run('import', 'persuasion', path('taken'));
    expect(ran).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('full_dialog.csv:2  ALREADY_ACTIVE'),
    });
    expect(ran.stdout).toContain('2 conversations are in');
  });

  test('two imports at once give one conversation each', async () => {
    await folder.write('twice/full_dialog.csv', DIALOG_CSV.replaceAll(/first|second|third/g, 'twice'));
    await folder.write(
      'twice/outcomes.csv',
      'dialogue_id,persuader_donation_usd,persuadee_donation_usd\ntwice,0,3\n',
    );
    const [one, two] = await Promise.all([
      cli.run('import', 'persuasion', path('twice')),
      cli.run('import', 'persuasion', path('twice')),
    ]);
    expect([one.exitCode, two.exitCode, one.stderr, two.stderr]).toEqual([0, 0, '', '']);
    expect(await cli.conversationOf('persuasion-twice')).toMatchObject({
      stage: 'closed_won',
      metrics: { messages: 8 },
    });
  });

  test('an import that was cut short is completed by the next one', async () => {
    const { baton } = cli;
    const dialog = DIALOG_CSV.replaceAll('first', 'cut');
    const outcomes = OUTCOMES_CSV.replaceAll('first', 'cut');
    const [dialogue] = parsePersuasion(dialog, outcomes).dialogues;
    if (dialogue === undefined) throw new Error('no dialogue');
    const { plan } = planDialogue(dialogue);
    await baton.api.agents.register.mutate({ id: 'persuader', kind: 'human' }).catch(() => undefined);
    const { conversation } = await sendCommand(baton.api, {
      type: 'conversations.create',
      input: plan.create,
    });
    const [first] = plan.steps;
    if (first === undefined) throw new Error('no step');
    await sendCommand(baton.api, first(conversation));
    await folder.write('cut/full_dialog.csv', dialog);
    await folder.write('cut/outcomes.csv', outcomes);
    await cli.run('import', 'persuasion', path('cut'));
    expect(await cli.conversationOf('persuasion-cut')).toMatchObject({
      id: conversation.id,
      metrics: { messages: 5 },
    });
  });
});

describe('import openai-chat', () => {
  test('runs come in with tools, handoff and end', async () => {
    const ran = await cli.run('import', 'openai-chat', path('runs.json'), '--name', 'tables');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await cli.conversationOf('tables-1-0')).toMatchObject({
      status: 'completed',
      owner: { agentId: 'assistant' },
      metrics: { messages: 6, customerMessages: 2 },
    });
    const transferred = await cli.conversationOf('tables-2-0');
    expect(transferred).toMatchObject({
      status: 'abandoned',
      owner: { agentId: 'human_support' },
      handoffCount: 1,
    });
    const handoffs = await cli.baton.api.handoffs.list.query({ conversationId: transferred.id });
    expect(handoffs.items).toMatchObject([
      { reason: 'Wants a person', trigger: 'user_intent', status: 'accepted' },
    ]);
  });

  test('a second run changes nothing', async () => {
    const before = await versions();
    const ran = await cli.run('import', 'openai-chat', path('runs.json'), '--name', 'tables');
    expect(ran.stdout).toBe('2 conversations are in: nothing was new.');
    expect(await versions()).toEqual(before);
  });

  test('a broken run is named with its place', async () => {
    const ran = await cli.run('import', 'openai-chat', path('broken-runs.json'));
    expect(ran).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('broken-runs.json:run 0') });
    expect(await cli.conversationOf('tau-airline-9-0')).toMatchObject({ status: 'completed' });
  });

  test.each([
    [
      'a file that is not there',
      'nothing.json',
      1,
      /Cannot read .*nothing\.json: there is no such file or folder\./,
    ],
    ['a folder', '.', 1, /it is a folder/],
    ['a set name with spaces', 'runs.json', 2, /Expected up to 64/],
  ])('%s is refused in plain words', async (_name, file, code, words) => {
    const name = code === 2 ? ['--name', 'my set'] : [];
    const ran = await cli.run('import', 'openai-chat', path(file), ...name);
    expect(ran.exitCode).toBe(code);
    expect(ran.stderr).toMatch(words);
    expect(ran.stderr).not.toContain('    at ');
  });
});
