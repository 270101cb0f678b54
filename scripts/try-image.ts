/**
 * Carries out the steps of the Dockerfile without Docker: each stage in an empty folder, what is copied and what is run.
 * Then starts what comes of it as the image would: as a user without rights, from files that nobody can write, on a
 * mongod that asks for passwords. `node scripts/try-image.ts` takes a minute and needs the package registry.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, matchesGlob } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAuthenticatedMongod } from './authenticated-mongod.ts';
import { type Instruction, lastOf, readDockerfile, type Stage } from './dockerfile.ts';
import { ROOT } from './project.ts';

const PORT = '4789';
/** Longest time of a step. */
const STEP_MS = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'baton-image-'));
const rootOf = (stage: string) => join(folder, stage);
const say = (line: string) => process.stdout.write(`${line}\n`);

/** What the build may see: what git knows or would add, but for what `.dockerignore` leaves out. */
function context(): string {
  const target = rootOf('context');
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
  for (const file of files.split('\n')) {
    if (file === '' || isLeftOut(file, rules)) continue;
    cpSync(join(ROOT, file), join(target, file));
  }
  return target;
}

/** Whether the last rule of `.dockerignore` that fits a file, or a folder that it is in, is one without `!`. */
function isLeftOut(file: string, rules: readonly string[]): boolean {
  const fitting = rules.findLast((rule) => {
    const pattern = rule.replace(/^!/, '');
    return matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`);
  });
  return fitting?.startsWith('!') === false;
}

function build(stage: Stage): void {
  const root = rootOf(stage.name);
  let workdir = root;
  mkdirSync(root, { recursive: true });
  const environment = {
    ...process.env,
    PATH: [join(root, 'usr/local/bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
    npm_config_prefix: join(root, 'usr/local'),
    CI: 'true',
  };
  for (const { keyword, flags, text } of stage.instructions) {
    if (keyword === 'WORKDIR') {
      workdir = join(root, text);
      mkdirSync(workdir, { recursive: true });
    } else if (keyword === 'COPY') copy(flags, text, root, workdir);
    else if (keyword === 'RUN') {
      say(`${stage.name}: ${text}`);
      execFileSync('sh', ['-c', text], {
        cwd: workdir,
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: STEP_MS,
      });
    }
  }
}

function copy(flags: Instruction['flags'], text: string, root: string, workdir: string): void {
  const names = text.split(' ');
  const to = names.pop() ?? '';
  const from = flags['from'] === undefined ? rootOf('context') : rootOf(flags['from']);
  const target = to.startsWith('/') ? join(root, to) : join(workdir, to);
  for (const name of names) {
    const source = join(from, name);
    const isInto = to.endsWith('/');
    cpSync(source, isInto ? join(target, name) : target, { recursive: true, verbatimSymlinks: true });
  }
}

/** Runs a command of the image as its user, in its folder. */
function run(stage: Stage, words: readonly string[], env: Record<string, string>): ChildProcess {
  const root = rootOf(stage.name);
  const inside = (word: string) => (word.startsWith('/app') ? join(root, word) : word);
  const [node = '', ...rest] = [...(lastOf(stage, 'ENTRYPOINT')?.words ?? []), ...words];
  if (node !== '/nodejs/bin/node') throw new Error(`The image has no ${node}`);
  const settings = stage.instructions
    .filter(({ keyword }) => keyword === 'ENV')
    .map(({ text }) => text.split('='));
  const [uid, gid] = (lastOf(stage, 'USER')?.text ?? '').split(':').map(Number);
  if (!uid || !gid) throw new Error('The image runs as root');
  const isRoot = process.getuid?.() === 0;
  return spawn(process.execPath, rest.map(inside), {
    cwd: join(root, lastOf(stage, 'WORKDIR')?.text ?? '/'),
    env: { ...Object.fromEntries(settings.map(([name, value = '']) => [name, inside(value)])), ...env },
    stdio: 'inherit',
    ...(isRoot && { uid, gid }),
  });
}

async function exitOf(process_: ChildProcess): Promise<unknown> {
  const [code] = await once(process_, 'exit');
  return code;
}

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`Not so: ${what}`);
  say(`  ${what}`);
}

async function tryIt(runtime: Stage): Promise<void> {
  await using mongod = new AsyncDisposableStack();
  const mongodFolder = mkdtempSync(join(tmpdir(), 'baton-image-mongod-'));
  mongod.defer(() => rmSync(mongodFolder, { recursive: true }));
  const running = mongod.adopt(await startAuthenticatedMongod(mongodFolder), (started) => started.stop());
  const secret = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o444 });
    return { MONGODB_URI_FILE: join(folder, name) };
  };
  const environment = { ...secret('uri', running.uri), BATON_PORT: PORT, BATON_HOST: '127.0.0.1' };
  const migrating = run(
    runtime,
    ['/app/apps/cli/src/main.ts', 'migrate'],
    secret('migrate-uri', running.migrateUri),
  );
  must((await exitOf(migrating)) === 0, 'the migration runs as its own user');
  const server = run(runtime, lastOf(runtime, 'CMD')?.words ?? [], environment);
  try {
    const check = () =>
      exitOf(run(runtime, (lastOf(runtime, 'HEALTHCHECK')?.words ?? []).slice(1), environment));
    for (let tries = 0; (await check()) !== 0; tries += 1) {
      if (tries === 50) throw new Error('The server does not get well');
      await sleep(100);
    }
    say('  the health check is content');
    const get = (path: string, accept = '*/*') =>
      fetch(`http://127.0.0.1:${PORT}${path}`, { headers: { accept } });
    must((await get('/readyz')).ok, 'the server is ready with no more than readWrite');
    must((await (await get('/', 'text/html')).text()).includes('<script'), 'the console is served');
  } finally {
    server.kill('SIGTERM');
  }
  must((await exitOf(server)) === 0, 'it stops by itself');
}

try {
  context();
  const stages = readDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  for (const stage of stages) build(stage);
  const runtime = stages.at(-1);
  if (runtime === undefined) throw new Error('There is no stage');
  // The image's root is read only, and its user is nobody here.
  execFileSync('chmod', ['-R', 'a+rX,a-w', rootOf(runtime.name)]);
  execFileSync('chmod', ['a+rx', folder]);
  const size = execFileSync('du', ['-sm', rootOf(runtime.name)], { encoding: 'utf8' }).split('\t')[0];
  say(`${runtime.name}: ${size} MB`);
  await tryIt(runtime);
} finally {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}
