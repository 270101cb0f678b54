import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { DIALOG_CSV, OUTCOMES_CSV } from '../test/fixtures.ts';
import { type TemporaryFolder, temporaryFolder } from '../test/temporary-folder.ts';
import { type TestCli, testCli } from '../test/test-cli.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let cli: TestCli;
let folder: TemporaryFolder;

beforeAll(async () => {
  cli = await testCli();
  folder = await temporaryFolder();
  await folder.write('full_dialog.csv', DIALOG_CSV);
  await folder.write('outcomes.csv', OUTCOMES_CSV);
});

afterAll(async () => {
  await cli[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Runs the command in a process of its own. */
async function baton(argv: readonly string[], env: Record<string, string> = {}) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd: folder.path, env: { PATH, HOME, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  await once(child, 'close');
  return { stdout, stderr, exitCode: child.exitCode };
}

const known = () => ({ BATON_URL: cli.url, BATON_API_KEY: cli.apiKey });

test('an import runs through, without colours or a bar in a pipe', async () => {
  const ran = await baton(['import', 'persuasion', '.'], known());
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^3 conversations are in: 3 new or completed by \d+ commands\.\n$/);
});

test('the connection that `baton start` leaves is found without the environment', async () => {
  await folder.write('.baton/connection.json', JSON.stringify({ url: cli.url, apiKey: cli.apiKey }));
  const ran = await baton(['--json', 'list']);
  expect(ran.exitCode).toBe(0);
  expect(JSON.parse(ran.stdout)).toHaveProperty('items');
});

test('broken records end with 3', async () => {
  const file = await folder.write('runs.json', '[{}]');
  expect(await baton(['import', 'openai-chat', file], known())).toMatchObject({ exitCode: 3 });
});

test('wrong usage ends with 2, and says how it goes', async () => {
  const ran = await baton(['list', '--stage', 'nowhere'], known());
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ran.stderr).toContain('Allowed choices');
});

test('a server that is away ends with 1 in plain words, and a stack only for who debugs', async () => {
  const away = { BATON_URL: 'http://127.0.0.1:2', BATON_API_KEY: 'key' };
  const ran = await baton(['list'], away);
  expect(ran).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: 'The Baton server does not answer. Is it running? `npx -y pnpm@12 start` starts one.\n',
  });
  expect((await baton(['list'], { ...away, BATON_DEBUG: '1' })).stderr).toContain('    at ');
});

test('a wrong key is refused with its code, for machines as JSON', async () => {
  const wrong = { ...known(), BATON_API_KEY: 'wrong' };
  expect(await baton(['list'], wrong)).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/^UNAUTHORIZED: The server does not take this key/),
  });
  const { stderr } = await baton(['list', '--json'], wrong);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
});

test('a tail that finds no server says so and ends', async () => {
  const ran = await baton(['tail'], { BATON_URL: 'http://127.0.0.1:2', BATON_API_KEY: 'key' });
  expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('does not answer') });
});

test('a reader that has seen enough ends the run quietly', async () => {
  const child = spawn(process.execPath, [MAIN, 'export'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'] ?? '', ...known() },
  });
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += String(data)));
  child.stdout.destroy();
  await once(child, 'close');
  expect(stderr).toBe('');
  expect(child.exitCode).toBe(0);
});

test('what was compiled for one run serves the next', async () => {
  const kept = await temporaryFolder();
  onTestFinished(() => kept[Symbol.asyncDispose]());
  await baton(['--version'], { NODE_COMPILE_CACHE: kept.path });
  expect(await readdir(kept.path)).not.toEqual([]);
});
