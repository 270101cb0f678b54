import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { connect, migrate, openStore } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BatonServer, startServer } from './server.ts';

const ROOT = new URL('../../../', import.meta.url);
const SCRATCH = new URL('../coverage/docs/', import.meta.url);
/** What these say needs no example. */
const WITHOUT_EXAMPLES = new Set(
  ['architecture', 'operations', 'runbook', 'security', 'upgrade'].map((page) => `docs/${page}.md`),
);
const EXAMPLE = /^```ts\n(?<code>import [\s\S]*?)^```$/gm;

const pages = ['README.md', ...(await readdir(new URL('docs/', ROOT))).map((name) => `docs/${name}`)];

async function examplesOf(page: string): Promise<string[]> {
  const text = await readFile(new URL(page, ROOT), 'utf8');
  return [...text.matchAll(EXAMPLE)].map(({ groups }) => groups?.['code'] ?? '');
}

let database: Awaited<ReturnType<typeof testDatabase>>;
let server: BatonServer;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const tenantId = TenantId.parse('docs');
  database = await testDatabase();
  const { client, db } = await connect(database.uri);
  await migrate(db);
  const store = openStore({ client, db });
  await store.agents.ensureDefaults(tenantId, {});
  const { key } = await store.apiKeys.create({ tenantId, name: 'docs', role: 'admin' });
  await client.close();
  server = await startServer({ mongodbUri: database.uri, port: 0, log: pino({ level: 'silent' }) });
  env = { ...process.env, BATON_URL: server.url, BATON_API_KEY: key };
  await mkdir(SCRATCH, { recursive: true });
});
afterAll(async () => {
  await server.close();
  await database[Symbol.asyncDispose]();
});

test.each(pages.filter((page) => page.endsWith('.md')))('the examples of %s run', async (page) => {
  const examples = await examplesOf(page);
  if (!WITHOUT_EXAMPLES.has(page)) expect(examples.length).toBeGreaterThan(0);
  for (const [index, code] of examples.entries()) {
    const file = new URL(`${page.replace('/', '-')}-${index}.ts`, SCRATCH);
    await writeFile(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file.pathname], { env, timeout: 20_000 });
    expect(stdout).not.toBe('');
    await rm(file);
  }
});
