import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startServer } from './server.ts';

const ROOT = new URL('../../../', import.meta.url);
const SCRATCH = new URL('../coverage/docs/', import.meta.url);
const EXAMPLE = /^```ts\n(?<code>import [\s\S]*?)^```$/gm;

const pages = ['README.md', ...(await readdir(new URL('docs/', ROOT))).map((name) => `docs/${name}`)];

async function examplesOf(page: string): Promise<string[]> {
  const text = await readFile(new URL(page, ROOT), 'utf8');
  return [...text.matchAll(EXAMPLE)].map(({ groups }) => groups?.['code'] ?? '');
}

test.each(pages.filter((page) => page.endsWith('.md')))('the examples of %s run', async (page) => {
  const examples = await examplesOf(page);
  if (page !== 'docs/architecture.md') expect(examples.length).toBeGreaterThan(0);
  const tenantId = TenantId.parse('docs');
  await using database = await testDatabase();
  const { client, db } = await connect(database.uri);
  await migrate(db);
  const store = openStore({ client, db });
  await store.agents.ensureDefaults(tenantId, {});
  const { key } = await store.apiKeys.create({ tenantId, name: 'docs', rights: ['import', 'manage'] });
  await client.close();
  await using server = await startServer({
    mongodbUri: database.uri,
    port: 0,
    log: pino({ level: 'silent' }),
  });
  await mkdir(SCRATCH, { recursive: true });
  for (const [index, code] of examples.entries()) {
    const file = new URL(`${page.replace('/', '-')}-${index}.ts`, SCRATCH);
    await writeFile(file, code);
    const env = { ...process.env, BATON_URL: server.url, BATON_API_KEY: key };
    const { stdout } = await promisify(execFile)(process.execPath, [file.pathname], { env, timeout: 20_000 });
    expect(stdout).not.toBe('');
    await rm(file);
  }
});
