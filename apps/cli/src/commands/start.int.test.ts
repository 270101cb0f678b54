import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { createBaton } from '@baton/client';
import { testDatabase } from '@baton/testing';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startMessage } from './start.ts';
import { signInLink } from '../api/sign-in-link.ts';
import { runDoctor } from '../local/doctor.ts';
import { printedLines } from '../../test/printed-lines.ts';
import { readStartSettings, StartRefused } from '../local/start-settings.ts';
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

/** Resolves once a process has printed a text, and rejects where it ends without it. */
function printed(stdout: Readable, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.includes(expected)) resolve();
    });
    stdout.once('end', () => reject(new Error(`Ended after printing: ${output}`)));
  });
}

test('start brings a store up, tells the others where it is, and takes that back when it stops', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  vi.stubEnv('BATON_SAMPLES', '12');
  const { print, all } = printedLines();
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
  const { print, all } = printedLines();
  await expect(startBaton(print)).rejects.toThrow(`Port ${port} is in use`);
  expect(all()).toBe('');
  other.close();
});

test('Baton runs once a folder: a second start names the first', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  vi.stubEnv('BATON_SAMPLES', '0');
  const { print, all } = printedLines();
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

const read = (env: NodeJS.ProcessEnv) => readStartSettings(env);

test.each(['http', '-1', '70000', '4.5'])('the port %s is refused', (setting) => {
  expect(() => read({ BATON_PORT: setting })).toThrow(StartRefused);
});

test('an empty store is given 66 samples, or as many as is said', () => {
  const samples = (setting?: string) => read({ BATON_SAMPLES: setting }).start.BATON_SAMPLES;
  expect([samples(), samples(''), samples('0'), samples('7')]).toEqual([66, 66, 0, 7]);
  expect(() => samples('many')).toThrow(
    'BATON_SAMPLES: Expected a whole number of conversations, from 0 to 10000, not "many"',
  );
});

test('without a setting the port is 4000, MongoDB is started, and the console is built', () => {
  const port = (setting?: string) => read({ BATON_PORT: setting }).settings.BATON_PORT;
  expect([port(), port(''), port('4100')]).toEqual([4_000, 4_000, 4_100]);
  expect(read({})).toMatchObject({
    settings: { MONGODB_URI: '', BATON_LOG_LEVEL: 'warn' },
    start: { BATON_CONSOLE: true },
    warnings: [],
  });
  expect(read({ BATON_CONSOLE: '0' }).start.BATON_CONSOLE).toBe(false);
});

test('all that is wrong with the environment is said before anything is started', async () => {
  vi.stubEnv('BATON_SAMPLES', 'many');
  vi.stubEnv('BATON_BODY_MS', 'soon');
  await expect(startBaton(printedLines().print)).rejects.toThrow(/BATON_BODY_MS: .*\nBATON_SAMPLES: /);
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
    await printed(child.stdout, 'Ctrl-C stops');
    const connection = JSON.parse(await readFile(join(folder, '.baton', 'connection.json'), 'utf8'));
    return {
      child,
      baton: createBaton(connection),
      uri: await readFile(join(folder, '.baton', 'mongodb-uri'), 'utf8'),
    };
  };
  const first = await run();
  await first.baton.api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
  const { print, all } = printedLines();
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
