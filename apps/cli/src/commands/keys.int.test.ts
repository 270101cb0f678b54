import { createBaton } from '@baton/client';
import { CreatedApiKey } from '@baton/schema';
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

const Made = CreatedApiKey;

test('a key is made, works, and is revoked by its own tenant only', async () => {
  const made = Made.parse(
    await cli.json(
      'keys',
      'create',
      'Nightly import',
      '--tenant',
      'acme',
      '--role',
      'manager',
      '--agent',
      'supervisor',
    ),
  );
  expect(made).toMatchObject({ name: 'Nightly import', role: 'manager', agentId: 'supervisor' });
  const { api } = createBaton({ url: cli.url, apiKey: made.key ?? '' });
  // The tenant is new, and has its agents.
  expect((await api.agents.list.query({})).items.map(({ id }) => String(id))).toContain('supervisor');

  const listed = await cli.run('keys', 'list', '--tenant', 'acme');
  expect(listed.stdout).toContain(`${made.id}  Nightly import  manager`);
  expect(listed.stdout).not.toContain(made.key ?? 'no key');
  expect(await cli.json('keys', 'list', '--tenant', 'acme')).toMatchObject({ items: [{ id: made.id }] });

  const other = await cli.run('keys', 'revoke', made.id);
  expect(other).toMatchObject({ exitCode: 1, stdout: '' });
  const revoked = await cli.run('keys', 'revoke', made.id, '--tenant', 'acme');
  expect(revoked).toMatchObject({ exitCode: 0, stdout: 'Nightly import is revoked.' });
  expect(await cli.json('keys', 'list', '--tenant', 'acme')).toMatchObject({
    items: [{ id: made.id, revokedAt: expect.stringMatching(/Z$/) }],
  });
});

test('without --json a new key stands alone on its line, for a shell to take', async () => {
  const { stdout } = await cli.run('keys', 'create', 'Plain');
  expect(stdout).toMatch(/^baton_[0-9a-f]{24}_[\w-]{43}$/);
});

test('the audit log says who made and revoked keys, and which of them', async () => {
  const made = Made.parse(await cli.json('keys', 'create', 'Audited', '--role', 'app', '--tenant', 'cli'));
  await cli.run('keys', 'revoke', made.id, '--tenant', 'cli');
  const shown = await cli.run('audit', '--action', 'apiKeys.revoke');
  const { kind, id } = operator();
  const by = id === null ? kind : `${kind} ${id}`;
  expect(shown.stdout).toMatch(new RegExp(`apiKeys.revoke +${by} +${made.id} +name=Audited`));
  expect(await cli.json('audit', '--limit', '2')).toMatchObject({
    items: [
      { action: 'apiKeys.revoke', target: made.id },
      { action: 'apiKeys.create', target: made.id, details: { name: 'Audited', role: 'app' } },
    ],
  });
  const more = await cli.run('audit', '--limit', '1', '--from', '2020-01-01');
  expect(more).toMatchObject({ exitCode: 0, stderr: 'There are more: --limit 4' });
  const nothing = await cli.run('audit', '--actor', 'nobody', '--to', '2020-01-01');
  expect(nothing).toMatchObject({ exitCode: 0, stdout: '', stderr: 'The audit log has nothing that fits.' });
});

test('a key ends at an instant, and is given another secret', async () => {
  const made = Made.parse(
    await cli.json('keys', 'create', 'Loan', '--tenant', 'loans', '--expires', '2999-01-31'),
  );
  const shown = await cli.run('keys', 'rotate', made.id, '--tenant', 'loans', '--overlap', '0');
  expect(shown.stdout).toMatch(new RegExp(`^baton_${made.id}_`));
  const session = (apiKey: string) => createBaton({ url: cli.url, apiKey }).api.session.get.query();
  expect(await session(shown.stdout)).toMatchObject({ tenantId: 'loans' });
  await expect(session(made.key ?? '')).rejects.toThrow(/API key/);
  const listed = await cli.run('keys', 'list', '--tenant', 'loans');
  expect(listed.stdout).toContain('2999-01-31');
  for (const overlap of ['-1', '721', 'long'])
    expect(await cli.run('keys', 'rotate', made.id, '--overlap', overlap)).toMatchObject({ exitCode: 2 });
});

test('a tenant without keys, and wrong words', async () => {
  expect(await cli.run('keys', 'list', '--tenant', 'nobody')).toMatchObject({
    stdout: '',
    stderr: 'nobody has no keys.',
  });
  for (const line of [
    ['create', 'x', '--role', 'all'],
    ['create', 'x', '--role', 'agent'],
    ['create', 'x', '--tenant', 'A B'],
    ['revoke', '12'],
  ])
    expect(await cli.run('keys', ...line)).toMatchObject({ exitCode: 2, stdout: '' });
});

test('a key is an app unless it is told, and rights are asked for by roles now', async () => {
  expect(await cli.json('keys', 'create', 'Backend')).toMatchObject({ role: 'app', agentId: null });
  const asked = await cli.run('keys', 'create', 'Old', '--right', 'import');
  expect(asked).toMatchObject({ exitCode: 2, stdout: '' });
  expect(asked.stderr).toContain('--role import for import');
  const nobody = await cli.run('keys', 'create', 'Bot', '--role', 'agent');
  expect(nobody.stderr).toContain('--role agent needs --agent');
});

test('the list says when keys end and ended, and a key gets another secret', async () => {
  const tenant = ['--tenant', 'renewed'];
  const made = Made.parse(await cli.json('keys', 'create', 'Ends', '--expires', '2999-01-02', ...tenant));
  expect((await cli.run('keys', 'list', ...tenant)).stdout).toContain('2999-01-02');
  const plain = await cli.run('keys', 'rotate', made.id, ...tenant);
  expect(plain.stdout).toMatch(new RegExp(`^baton_${made.id}_[\\w-]{43}$`));
  const renewed = Made.parse(await cli.json('keys', 'rotate', made.id, '--overlap', '0', ...tenant));
  expect(renewed.key).not.toBe(plain.stdout);
  expect(await cli.json('keys', 'revoke', made.id, ...tenant)).toMatchObject({ id: made.id });
  expect((await cli.run('keys', 'list', ...tenant)).stdout).toContain('revoked');
});
