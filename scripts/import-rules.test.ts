import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, test } from 'vitest';
import { FOLDERS, PACKAGES } from './import-rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = ['oxlint.config.ts', 'scripts/import-rules.ts'];

/** A file with `snippet` in `folder`, and what lint says of it. */
type Case = [folder: string, snippet: string, verdict: 'allowed' | 'refused', extension?: '.ts' | '.test.ts'];

const value = (from: string) => `import { thing } from '${from}';\nexport const mine = thing;\n`;
const type = (from: string) => `import type { Thing } from '${from}';\nexport type Mine = Thing;\n`;

const refused = (folder: string, ...froms: string[]): Case[] =>
  froms.map((from) => [folder, value(from), 'refused']);
const allowed = (folder: string, ...froms: string[]): Case[] =>
  froms.map((from) => [folder, value(from), 'allowed']);

const ALL = ['schema', 'domain', 'repository', 'router', 'client', 'mongod', 'testing', 'server', 'cli'];
const baton = (...names: string[]) => names.map((name) => `@baton/${name}`);
const allBut = (...names: string[]) => baton(...ALL.filter((name) => !names.includes(name)));

// Written out here once more: a wrong line in the table of rules must not make its own test.
const CASES: Case[] = [
  ...refused(
    'packages/schema/src',
    ...allBut('schema'),
    'mongodb',
    'bson',
    'node:crypto',
    'node:fs/promises',
  ),
  ...allowed('packages/schema/src', 'zod', './stage.ts', '../stage.ts'),

  ...refused('packages/domain/src', ...allBut('schema', 'domain'), 'mongodb', 'node:crypto', 'crypto'),
  ...allowed('packages/domain/src', '@baton/schema', './stage.ts'),

  ...refused('packages/repository/src', ...allBut('schema', 'domain', 'repository')),
  ...allowed('packages/repository/src', ...baton('schema', 'domain'), 'mongodb', 'node:crypto'),

  ...refused('packages/router/src', ...allBut('schema', 'domain', 'repository', 'router'), 'mongodb', 'bson'),
  ...allowed(
    'packages/router/src',
    ...baton('schema', 'domain', 'repository'),
    '@trpc/server',
    'node:crypto',
  ),

  ...refused('packages/client/src', ...allBut('schema', 'domain', 'client'), 'mongodb', 'node:crypto'),
  ...allowed('packages/client/src', ...baton('schema', 'domain'), '@trpc/client'),
  ['packages/client/src', type('@baton/router/api'), 'allowed'],
  ['packages/client/src', type('@baton/router'), 'refused'],
  ['packages/client/src', value('@baton/router/api'), 'refused'],
  ['packages/client/src', type('@baton/repository'), 'refused'],
  ['packages/client/src', "export { thing } from '@baton/router';\n", 'refused'],
  ['packages/client/src', "export * from '@baton/router';\n", 'refused'],
  ['packages/client/src', "export const router = import('@baton/router');\n", 'refused'],

  ...refused('packages/mongod/src', ...allBut('mongod')),
  ...allowed('packages/mongod/src', 'mongodb', 'node:net'),
  ...allowed('packages/testing/src', ...baton('schema', 'mongod'), 'mongodb'),

  ...refused('apps/server/src', '@baton/client', 'mongodb'),
  ...allowed('apps/server/src', ...baton('schema', 'repository', 'router'), '@trpc/server', 'node:http'),

  ...refused('apps/console/src', ...allBut('client', 'schema', 'domain'), 'mongodb', 'node:crypto'),
  ...allowed('apps/console/src', ...baton('client', 'schema', 'domain'), 'react'),
  ['apps/console/src', type('@baton/router'), 'refused'],

  ...refused('apps/cli/src', '@baton/router', '@trpc/server', '@trpc/client', 'mongodb'),
  ['apps/cli/src', type('@baton/router'), 'refused'],
  ...allowed('apps/cli/src', ...baton('client', 'schema', 'domain', 'repository', 'mongod', 'server')),

  ...allowed('apps/bench/src', ...baton('client', 'repository', 'mongod', 'server'), 'mongodb'),

  ...refused('packages/repository/src/connection', '../schema/codec.ts', '../store.ts'),
  ...refused(
    'packages/repository/src/schema',
    '../connection/deadlines.ts',
    '../read/page.ts',
    '../store.ts',
  ),
  ...refused('packages/repository/src/fairness', '../connection/a.ts', '../schema/a.ts', '../read/a.ts'),
  ...refused('packages/repository/src/rollup', '../read/a.ts', '../write/a.ts', '../maintenance/a.ts'),
  ...allowed('packages/repository/src/read/metrics', '../../rollup/figures.ts'),
  ...refused('packages/repository/src/read', '../auth/a.ts', '../write/a.ts', '../feed/a.ts'),
  ...refused('packages/repository/src/read', '../maintenance/a.ts', '../store.ts', '../index.ts'),
  ...refused('packages/repository/src/read/search', '../../write/a.ts', '../../store.ts', '@baton/router'),
  ...refused('packages/repository/src/read/search/rank', '../../../write/a.ts', '../../../store.ts'),
  ...refused(
    'packages/repository/src/auth',
    '../rollup/a.ts',
    '../feed/a.ts',
    '../maintenance/a.ts',
    '../store.ts',
  ),
  ...refused(
    'packages/repository/src/write',
    '../auth/a.ts',
    '../feed/a.ts',
    '../maintenance/a.ts',
    '../store.ts',
  ),
  ...refused(
    'packages/repository/src/feed',
    '../auth/a.ts',
    '../write/a.ts',
    '../maintenance/a.ts',
    '../store.ts',
  ),
  ...refused('packages/repository/src/maintenance', '../store.ts', '@baton/router'),
  ...allowed(
    'packages/repository/src/read',
    '../connection/a.ts',
    '../schema/a.ts',
    '../fairness/a.ts',
    './page.ts',
    'mongodb',
  ),
  ...allowed('packages/repository/src/read/search', '../page.ts', '../../schema/a.ts', './terms.ts'),
  ...allowed('packages/repository/src/write', '../connection/a.ts', '../schema/a.ts', '../read/agent.ts'),
  ...allowed('packages/repository/src/write', '../fairness/fifo.ts'),
  ...allowed('packages/repository/src/maintenance', '../write/a.ts', '../feed/a.ts', '../auth/a.ts'),
  ...allowed('packages/repository/src', './write/committer.ts', './maintenance/rebuild.ts'),

  ...refused('apps/server/src/http', '../workers/a.ts', '../server.ts', 'mongodb', '@baton/client'),
  ...refused('apps/server/src/observe', '../http/a.ts', '../workers/a.ts', '../settings.ts'),
  ...allowed('apps/server/src/http', '../observe/log.ts', './context.ts', '@baton/router'),
  ...refused('apps/cli/src/api', '../output/a.ts', '../local/a.ts', '../commands/a.ts', '../program.ts'),
  ...refused('apps/cli/src/import/archive', '../../commands/a.ts', '../../program.ts', 'mongodb'),
  ...refused('apps/cli/src/simulation/stories', '../../local/a.ts', '../../import/a.ts'),
  ...allowed('apps/cli/src/import/archive', '../../api/a.ts', '../../export/a.ts', '../import-plan.ts'),
  ...allowed('apps/cli/src/commands', '../import/a.ts', '../local/a.ts', './option-parsers.ts'),

  // A path does not get around a rule.
  ...refused('packages/domain/src', '../../repository/src/store.ts'),
  ...refused('packages/client/src', '../../router/src/index.ts'),
  ...refused('apps/console/src', '../../../packages/repository/src/index.ts'),

  // Tests may import any package.
  ['packages/domain/src', value('@baton/testing'), 'allowed', '.test.ts'],
  ['packages/client/src', value('@baton/server'), 'allowed', '.test.ts'],
  ['packages/router/src', value('mongodb'), 'allowed', '.test.ts'],

  // A package without rules may not speak to MongoDB either.
  ...refused('packages/newcomer/src', 'mongodb'),
];

/** The rules that each file breaks, by its path below `folder`. */
async function lint(folder: string): Promise<Map<string, string[]>> {
  const oxlint = join(ROOT, 'node_modules/.bin/oxlint');
  const run = promisify(execFile)(oxlint, ['-f', 'json'], {
    cwd: folder,
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` },
  });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const { diagnostics }: { diagnostics: { filename: string; code: string }[] } = JSON.parse(stdout);
  return new Map(
    Object.entries(Object.groupBy(diagnostics, ({ filename }) => filename)).map(([file, found = []]) => [
      file,
      found.map(({ code }) => code),
    ]),
  );
}

/** The second is for Node modules named without `node:`. */
const RULES = new Set(['eslint(no-restricted-imports)', 'unicorn(prefer-node-protocol)']);

describe('lint of imports', () => {
  const cases = CASES.map(([folder, snippet, verdict, extension = '.ts'], index) => ({
    folder,
    snippet,
    verdict,
    file: `${folder}/snippet-${index}${extension}`,
    line: snippet.split('\n')[0],
  }));
  let violations: Map<string, string[]>;

  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), 'baton-imports-'));
    try {
      await mkdir(join(root, 'scripts'));
      for (const file of CONFIG) await copyFile(join(ROOT, file), join(root, file));
      await Promise.all(
        cases.map(async ({ snippet, file }) => {
          await mkdir(dirname(join(root, file)), { recursive: true });
          await writeFile(join(root, file), snippet);
        }),
      );
      violations = await lint(root);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  test.each(cases)('$verdict in $folder: $line ($file)', ({ file, verdict }) => {
    const found = (violations.get(file) ?? []).filter((rule) => RULES.has(rule));
    if (verdict === 'allowed') expect(found).toEqual([]);
    else expect(found).not.toEqual([]);
  });

  test('has rules for every package and app', async () => {
    const folders = await Promise.all(
      ['packages', 'apps'].map(async (group) =>
        (await readdir(join(ROOT, group))).map((name) => `${group}/${name}`),
      ),
    );
    expect(Object.keys(PACKAGES).toSorted()).toEqual(folders.flat().toSorted());
  });

  test.each(Object.entries(FOLDERS))('has rules for every folder of %s', async (name, table) => {
    const entries = await readdir(join(ROOT, name, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(Object.keys(table).toSorted()).toEqual(folders.toSorted());
  });
});
