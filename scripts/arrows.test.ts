import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The home of a snippet, what it imports, whether the arrows let it, and what kind of file it is. */
type Arrow = [home: string, snippet: string, is: 'allowed' | 'refused', ending?: '.ts' | '.test.ts'];

const value = (from: string) => `import { thing } from '${from}';\nexport const mine = thing;\n`;
const type = (from: string) => `import type { Thing } from '${from}';\nexport type Mine = Thing;\n`;

const refused = (home: string, ...froms: string[]): Arrow[] =>
  froms.map((from) => [home, value(from), 'refused']);
const allowed = (home: string, ...froms: string[]): Arrow[] =>
  froms.map((from) => [home, value(from), 'allowed']);

const ALL = ['schema', 'domain', 'repository', 'router', 'client', 'mongod', 'testing', 'server', 'cli'];
const baton = (...names: string[]) => names.map((name) => `@baton/${name}`);
const allBut = (...names: string[]) => baton(...ALL.filter((name) => !names.includes(name)));

const ARROWS: Arrow[] = [
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
  ['packages/client/src', type('@baton/router'), 'allowed'],
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

  // No way around an arrow by a path.
  ...refused('packages/domain/src', '../../repository/src/store.ts'),
  ...refused('packages/client/src', '../../router/src/index.ts'),
  ...refused('apps/console/src', '../../../packages/repository/src/index.ts'),

  // Tests may look further.
  ['packages/domain/src', value('@baton/testing'), 'allowed', '.test.ts'],
  ['packages/client/src', value('@baton/server'), 'allowed', '.test.ts'],
  ['packages/router/src', value('mongodb'), 'allowed', '.test.ts'],

  // A package that nobody has named yet may not speak to MongoDB either.
  ...refused('packages/newcomer/src', 'mongodb'),
];

/** For each file, by its path below `folder`, the rules that it breaks. */
async function lint(folder: string): Promise<Map<string, string[]>> {
  const oxlint = join(ROOT, 'node_modules/.bin/oxlint');
  const run = promisify(execFile)(oxlint, ['-f', 'json', '-c', '.oxlintrc.json'], {
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

/** An arrow is held by the one rule, and builtins without their `node:` by the other. */
const HELD_BY = new Set(['eslint(no-restricted-imports)', 'unicorn(prefer-node-protocol)']);

describe('the arrows between packages', () => {
  const cases = ARROWS.map(([home, snippet, is, ending = '.ts'], index) => ({
    home,
    snippet,
    is,
    file: `${home}/snippet-${index}${ending}`,
    line: snippet.split('\n')[0],
  }));
  let broken: Map<string, string[]>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'baton-arrows-'));
    try {
      await writeFile(join(folder, '.oxlintrc.json'), await readFile(join(ROOT, '.oxlintrc.json')));
      await Promise.all(
        cases.map(async ({ snippet, file }) => {
          await mkdir(dirname(join(folder, file)), { recursive: true });
          await writeFile(join(folder, file), snippet);
        }),
      );
      broken = await lint(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each(cases)('$is in $home: $line ($file)', ({ file, is }) => {
    const rules = (broken.get(file) ?? []).filter((rule) => HELD_BY.has(rule));
    if (is === 'allowed') expect(rules).toEqual([]);
    else expect(rules).not.toEqual([]);
  });
});
