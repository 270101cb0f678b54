import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
});
afterAll(() => cli[Symbol.asyncDispose]());

const asked = (answer: string) => {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answer;
  };
  return { questions, terminal: { ask } };
};

test('without a limit it says that everything is kept', async () => {
  expect((await cli.run('retention')).stdout).toMatch(/limit +none: everything is kept/);
});

test('what a limit erases is shown first, and it is set by a yes', async () => {
  const { questions, terminal } = asked('no');
  for (const [ask, said] of [
    [terminal.ask, 'The limit stays as it was.'],
    [null, 'give --yes to set a limit without asking'],
  ] as const) {
    const refused = await cli.runWith({ terminal: { ask } }, 'retention', 'set', '--days', '90');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('Past 90 days are 0 closed conversations and 0 contacts');
    expect(refused.stderr).toContain(said);
  }
  expect(questions).toEqual(['Erase these for good, and later ones as they come to it? Type yes: ']);
  expect(await cli.json('retention')).toMatchObject({ days: null, changedAt: null });
  const set = await cli.runWith(asked('yes'), 'retention', 'set', '--days', '90');
  expect(set.stdout).toMatch(/limit +90 days\n/);
  expect(set.stdout).toMatch(/set +.* by key /);
});

test('scripts say yes beforehand, and read what there is', async () => {
  expect(await cli.json('retention', 'set', '--days', '1', '--yes')).toMatchObject({ days: 1 });
  expect((await cli.run('retention', 'show')).stdout).toMatch(/limit +1 day\n/);
  const kept = await cli.runWith(asked('no'), 'retention', 'off');
  expect(kept).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The limit stays') });
  expect(await cli.json('retention', 'off', '--yes')).toMatchObject({ days: null, left: null });
});

test('a limit that is none is wrong usage', async () => {
  for (const days of ['0', '-3', '36501', 'many'])
    expect(await cli.run('retention', 'set', '--days', days, '--yes')).toMatchObject({ exitCode: 2 });
});
