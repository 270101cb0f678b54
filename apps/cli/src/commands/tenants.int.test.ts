import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { operator } from '../local/operator.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
  vi.stubEnv('MONGODB_URI', cli.mongodbUri);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cli[Symbol.asyncDispose]();
});

test('a tenant is made, suspended, resumed and listed', async () => {
  expect(await cli.run('tenants', 'create', 'acme')).toMatchObject({ exitCode: 0, stdout: 'acme is made.' });
  expect(await cli.run('tenants', 'create', 'acme')).toMatchObject({ exitCode: 1, stdout: '' });
  expect((await cli.run('tenants', 'suspend', 'acme')).stdout).toContain('acme is suspended');
  expect((await cli.run('tenants', 'list')).stdout).toMatch(/acme +.* suspended since/);
  expect(await cli.json('tenants', 'resume', 'acme')).toMatchObject({ id: 'acme', suspendedAt: null });
  expect(await cli.json('tenants', 'list')).toMatchObject({
    items: [{ id: 'acme', suspendedAt: null }, { id: 'cli' }],
  });
  expect(await cli.run('tenants', 'suspend', 'nobody')).toMatchObject({ exitCode: 1 });
  await cli.run('tenants', 'suspend', 'cli');
  await cli.run('tenants', 'resume', 'cli');
  expect(await cli.json('audit', '--limit', '2')).toMatchObject({
    items: [
      { action: 'tenants.resume', actor: operator() },
      { action: 'tenants.suspend', actor: operator() },
    ],
  });
});

test('a tenant is deleted by who names it once more', async () => {
  await cli.run('tenants', 'create', 'doomed');
  const refused = await cli.run('tenants', 'delete', 'doomed');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('--confirm doomed');
  const asked = vi.fn(async () => 'acme');
  const wrong = await cli.runWith({ terminal: { ask: asked } }, 'tenants', 'delete', 'doomed');
  expect(wrong).toMatchObject({ exitCode: 2 });
  expect(asked).toHaveBeenCalledWith(expect.stringContaining('everything of doomed'));
  expect((await cli.run('tenants', 'list')).stdout).toContain('doomed');

  const terminal = { ask: async () => 'doomed' };
  const deleted = await cli.runWith({ terminal }, 'tenants', 'delete', 'doomed', '--wait', '0');
  expect(deleted).toMatchObject({ exitCode: 0, stdout: 'doomed is deleted: 7 documents.' });
  expect(deleted.stderr).toContain('agents: 5 deleted');
  expect((await cli.run('tenants', 'list')).stdout).not.toContain('doomed');
  await cli.run('tenants', 'create', 'doomed');
  const confirmed = ['--confirm', 'doomed', '--wait', '0'];
  expect(await cli.json('tenants', 'delete', 'doomed', ...confirmed)).toEqual({ id: 'doomed', deleted: 7 });
  expect(await cli.run('tenants', 'delete', 'doomed', '--wait', 'long')).toMatchObject({ exitCode: 2 });
});
