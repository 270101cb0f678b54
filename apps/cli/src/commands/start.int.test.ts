import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBaton } from '@baton/client';
import { testDatabase } from '@baton/testing';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { buildConsole, isBuildCurrent } from '../local/console-build.ts';
import { startMessage } from './start.ts';
import { signInLink } from '../api/sign-in-link.ts';
import { findingLines, isHealthy, runDoctor } from '../local/doctor.ts';
import { runMigrate, runMigrateStatus } from '../local/migrate.ts';
import { parsePort, parseSampleCount, StartRefused } from '../local/start-settings.ts';
import { startBaton } from '../local/start-baton.ts';

const MAIN = new URL('../main.ts', import.meta.url).pathname;

let folder: string;
const home = process.cwd();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-start-'));
  process.chdir(folder);
  vi.stubEnv('BATON_CONSOLE', '0');
  vi.stubEnv('BATON_PORT', '0');
});

afterEach(async () => {
  process.chdir(home);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function lines(): { print: (line: string) => void; all: () => string } {
  const printed: string[] = [];
  return { print: (line) => void printed.push(line), all: () => printed.join('\n') };
}

test('start brings a store up, tells the others where it is, and takes that back when it stops', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  vi.stubEnv('BATON_SAMPLES', '12');
  const { print, all } = lines();
  const started = await startBaton(print);
  expect(all()).toContain('Using the MongoDB of MONGODB_URI');
  const file = join(folder, '.baton', 'connection.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ url: started.url, apiKey: started.apiKey });
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const baton = createBaton({ url: started.url, apiKey: started.apiKey });
  const { items } = await baton.api.conversations.list.query({ limit: 100 });
  expect(items).toHaveLength(12);
  expect(await signInLink(baton, started.url)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{20,}$/);
  expect(startMessage(started).join('\n')).toContain(started.apiKey);
  await started.stop();
  await expect(readFile(file)).rejects.toThrow('ENOENT');

  const again = await startBaton(print);
  expect(again.apiKey).toBe(started.apiKey);
  expect(all().match(/loading sample conversations/g)).toHaveLength(1);
  await again.stop();
});

test('a busy port is found out before anything starts, and says what to do', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  vi.stubEnv('BATON_PORT', String(port));
  const { print, all } = lines();
  await expect(startBaton(print)).rejects.toThrow(`Port ${port} is in use`);
  expect(all()).toBe('');
  other.close();
});

test('Baton runs once a folder: a second start names the first', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  vi.stubEnv('BATON_SAMPLES', '0');
  const { print, all } = lines();
  const first = await startBaton(print);
  const before = all();
  await expect(startBaton(print)).rejects.toThrow(`Baton runs here already, at ${first.url}.`);
  expect(all()).toBe(before);
  await first.stop();
});

test('an interrupt while it starts ends it at once', async () => {
  // Accepts and never answers, so that the start waits for it.
  const mongodb = createServer();
  mongodb.listen(0, '127.0.0.1');
  await once(mongodb, 'listening');
  const address = mongodb.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const child = spawn(process.execPath, [MAIN, 'start'], {
    cwd: folder,
    env: { ...process.env, MONGODB_URI: `mongodb://127.0.0.1:${port}/?replicaSet=none` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = text(child.stdout);
  await once(mongodb, 'connection');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  mongodb.close();
  expect(code).toBe(0);
  expect(await output).toBe('Using the MongoDB of MONGODB_URI.\nStopping …\n');
});

test.each(['http', '-1', '70000', '4.5'])('the port %s is refused', (setting) => {
  expect(() => parsePort(setting)).toThrow(StartRefused);
});

test('an empty store is given 66 samples, or as many as is said', () => {
  expect([
    parseSampleCount(undefined),
    parseSampleCount(''),
    parseSampleCount('0'),
    parseSampleCount('7'),
  ]).toEqual([66, 66, 0, 7]);
  expect(() => parseSampleCount('many')).toThrow(
    'BATON_SAMPLES must be a number from 0 to 10000, not "many".',
  );
});

test('without a setting the port is 4000', () => {
  expect([parsePort(undefined), parsePort(''), parsePort('4100')]).toEqual([4_000, 4_000, 4_100]);
});

test('the greeting has the link of the console where it was built', () => {
  const link = 'http://127.0.0.1:4000/?token=x';
  expect(startMessage({ url: 'http://127.0.0.1:4000', apiKey: 'k', link }).join('\n')).toContain(link);
});

test('the embedded store as a process: what it keeps survives a stop, and Ctrl-C ends everything', async () => {
  const run = async () => {
    const env = { ...process.env, BATON_SAMPLES: '0', MONGODB_URI: undefined, NO_COLOR: '1' };
    const child = spawn(process.execPath, [MAIN, 'start'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    for (let wait = 0; wait < 400 && !output.includes('Ctrl-C stops'); wait += 1) await sleep(50);
    expect(output).toContain('Ctrl-C stops');
    const connection = JSON.parse(await readFile(join(folder, '.baton', 'connection.json'), 'utf8'));
    return {
      child,
      baton: createBaton(connection),
      uri: await readFile(join(folder, '.baton', 'mongodb-uri'), 'utf8'),
    };
  };
  const first = await run();
  await first.baton.api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
  const { print, all } = lines();
  expect(await runDoctor({ rebuild: true }, print)).toBe(true);
  expect(all()).toContain('1 conversation folded again, 0 differ.');
  first.child.kill('SIGINT');
  const [code] = await once(first.child, 'exit');
  expect(code).toBe(0);
  await expect(MongoClient.connect(first.uri, { serverSelectionTimeoutMS: 300 })).rejects.toThrow();

  const second = await run();
  const { items } = await second.baton.api.conversations.list.query({});
  expect(items.map(({ contactId }) => contactId)).toEqual(['ann']);
  second.child.kill('SIGTERM');
  await once(second.child, 'exit');
  expect(await runDoctor({ json: true }, print)).toBe(true);
}, 90_000);

test('migrate says what it would do, does it once, and doctor is content', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  const dry = lines();
  await runMigrate({ dryRun: true }, dry.print);
  expect(dry.all()).toMatch(/\d+ steps would be taken; nothing was changed\.$/);
  expect(dry.all()).toContain('migration 0001-initial');
  expect(dry.all()).toContain('  create collection timeline');
  const before = lines();
  await runMigrateStatus({}, before.print);
  expect(before.all()).toContain('waiting  0001-initial');
  const sick = lines();
  expect(await runDoctor({}, sick.print)).toBe(false);
  expect(sick.all()).toContain('migration 0001-initial has not run: baton migrate');

  const done = lines();
  await runMigrate({}, done.print);
  expect(done.all()).toMatch(/Done: \d+ steps\.$/);
  const again = lines();
  await runMigrate({}, again.print);
  expect(again.all()).toBe('The store is up to date.');
  const json = lines();
  await runMigrate({ json: true }, json.print);
  await runMigrateStatus({ json: true }, json.print);
  expect(
    json
      .all()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line))),
  ).toEqual([
    ['dryRun', 'migrations', 'schema'],
    ['applied', 'pending', 'unknown'],
  ]);
  const after = lines();
  await runMigrateStatus({}, after.print);
  expect(after.all()).toMatch(/^done {5}0001-initial/);

  const client = await MongoClient.connect(database.uri);
  await client.db().collection('timeline').dropIndex('by_seq');
  await client.db().command({ collMod: 'agents', validationLevel: 'moderate' });
  await client.close();
  const hurt = lines();
  expect(await runDoctor({}, hurt.print)).toBe(false);
  expect(hurt.all()).toContain('timeline: index by_seq is missing');
  expect(hurt.all()).toContain(
    'agents: validator is different\n  validationLevel: "strict" is declared, "moderate" found\n',
  );
  expect(hurt.all()).toContain('baton migrate puts validators and indexes right.');
});

test('the doctor names each conversation that is not its timeline', () => {
  const report = { checked: 2, differences: [{ tenantId: 't', conversationId: 'c', fields: ['owner'] }] };
  const findings = { schema: { ok: true, differences: [] }, pendingMigrations: [], rebuild: report };
  // Ids are branded; only their text is printed here.
  const given = findings as unknown as Parameters<typeof findingLines>[0];
  expect(isHealthy(given)).toBe(false);
  expect(findingLines(given)).toContain('t c differs from its timeline: owner');
});

test('the console is built where a source is newer than the build, and a failure leaves the API', async () => {
  await mkdir(join(folder, 'src'));
  await mkdir(join(folder, 'dist'));
  const page = join(folder, 'dist', 'index.html');
  const sources = [join(folder, 'src')];
  expect(await isBuildCurrent(page, sources)).toBe(false);
  await writeFile(page, '');
  await writeFile(join(folder, 'src', 'main.ts'), '');
  await utimes(join(folder, 'src', 'main.ts'), 1, 1);
  expect(await isBuildCurrent(page, sources)).toBe(true);
  await utimes(page, 0, 0);
  expect(await isBuildCurrent(page, sources)).toBe(false);
  const { print, all } = lines();
  expect(await buildConsole(print, folder)).toBeUndefined();
  expect(all()).toContain('so there is the API only');
});
