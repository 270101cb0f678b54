import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
  vi.stubEnv('MONGODB_URI', cli.mongodbUri);
  await cli.baton.api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await cli[Symbol.asyncDispose]();
});

test('doctor reads every document of a store that is well, and with --rebuild every timeline', async () => {
  expect(await cli.run('doctor')).toMatchObject({ exitCode: 0 });
  expect(await cli.run('--json', 'doctor', '--rebuild')).toMatchObject({ exitCode: 0 });
});

test('sign-in makes a link, for a lesser role where it is asked', async () => {
  const { stdout } = await cli.run('sign-in');
  expect(stdout).toMatch(/^http:.*\?token=[\w-]+$/);
  expect(await cli.json('sign-in', '--role', 'viewer')).toMatchObject({
    link: expect.stringContaining('token='),
  });
});
