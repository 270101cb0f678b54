interface PackageRules {
  /** The packages of ours that it may import; `'all'` where nothing is refused. */
  imports: readonly string[] | 'all';
  /** The entry points of others from which it may import types only. */
  types?: readonly string[];
  /** Runs in browsers too, so it has no Node modules. */
  browser?: true;
  /** May import the MongoDB driver. */
  mongodb?: true;
  /** Third parties that it must not import. */
  refuses?: readonly string[];
}

/** Who may import whom, by folder. What is not here may import every package, but not the MongoDB driver. */
export const PACKAGES: Record<string, PackageRules> = {
  'packages/schema': { imports: [], browser: true },
  'packages/domain': { imports: ['schema'], browser: true },
  'packages/repository': { imports: ['schema', 'domain'], mongodb: true },
  'packages/router': { imports: ['schema', 'domain', 'repository'] },
  'packages/client': { imports: ['schema', 'domain'], types: ['router/api'], browser: true },
  'packages/mongod': { imports: [], mongodb: true },
  'packages/testing': { imports: ['schema', 'mongod'], mongodb: true },
  'apps/server': { imports: ['schema', 'domain', 'repository', 'router'] },
  'apps/console': { imports: ['schema', 'domain', 'client'], browser: true },
  'apps/cli': {
    imports: ['schema', 'domain', 'repository', 'client', 'mongod', 'server'],
    refuses: ['@trpc/*'],
  },
  'apps/bench': { imports: 'all', mongodb: true },
};

/** For each folder of a package's `src`, the other folders there that it may import. None may import `src` itself. */
export const FOLDERS: Record<string, Record<string, readonly string[]>> = {
  'packages/repository': {
    clock: [],
    connection: ['clock'],
    storage: ['connection'],
    schema: ['clock', 'storage'],
    fairness: [],
    observe: ['clock', 'connection', 'schema'],
    rollup: ['clock', 'connection', 'schema'],
    read: ['clock', 'connection', 'schema', 'fairness', 'rollup'],
    audit: ['clock', 'connection', 'schema', 'read'],
    auth: ['clock', 'connection', 'schema', 'audit', 'read', 'write'],
    write: ['clock', 'connection', 'schema', 'audit', 'fairness', 'observe', 'read', 'rollup'],
    feed: ['clock', 'connection', 'schema', 'fairness', 'observe', 'read'],
    files: ['clock', 'connection', 'storage', 'schema', 'read', 'write'],
    privacy: ['clock', 'connection', 'schema', 'audit', 'fairness', 'read', 'write', 'files', 'maintenance'],
    maintenance: [
      'clock',
      'connection',
      'storage',
      'schema',
      'audit',
      'rollup',
      'read',
      'auth',
      'write',
      'feed',
      'files',
    ],
  },
  'apps/server': {
    environment: ['oidc'],
    files: ['http'],
    http: ['observe', 'oidc'],
    oidc: [],
    workers: ['observe'],
    observe: [],
  },
  'apps/cli': {
    api: [],
    output: ['api'],
    simulation: ['api', 'output'],
    local: ['api', 'output', 'simulation'],
    export: ['api', 'output', 'local'],
    import: ['api', 'output', 'local', 'export', 'simulation'],
    commands: ['api', 'output', 'simulation', 'local', 'export', 'import'],
  },
};

interface Pattern {
  group?: string[];
  regex?: string;
  message: string;
}
interface Restrictions {
  paths?: { name: string; allowTypeImports?: true; message: string }[];
  patterns: Pattern[];
}
interface Override {
  files: string[];
  rules: { 'eslint/no-restricted-imports': ['error', Restrictions] };
}

const ANOTHER_SRC: Pattern = { regex: '^\\.\\./.*/src/', message: 'Import another package by its name.' };
const MONGODB: Pattern = {
  group: ['mongodb', 'mongodb/**', 'bson'],
  message: 'Only the repository speaks to MongoDB.',
};
const NODE: Pattern = { group: ['node:*', 'node:*/**'], message: 'This package runs in browsers too.' };

/** What a package without rules of its own must not import. */
export const DEFAULT_RESTRICTIONS: Restrictions = { patterns: [MONGODB, ANOTHER_SRC] };

/** The lint overrides of both tables. Of the overrides that match a file the last one counts. */
export function importOverrides(): Override[] {
  const packages = Object.keys(PACKAGES).map((folder) => override(`${folder}/src/**`, restrictions(folder)));
  const folders = Object.entries(FOLDERS).flatMap(([folder, table]) => folderOverrides(folder, table));
  return [...packages, ...folders];
}

function override(files: string, restricted: Restrictions): Override {
  return { files: [files], rules: { 'eslint/no-restricted-imports': ['error', restricted] } };
}

function restrictions(folder: string): Restrictions {
  const { imports, types = [], browser, mongodb, refuses = [] } = PACKAGES[folder] ?? { imports: 'all' };
  const patterns = [ANOTHER_SRC];
  if (imports !== 'all') {
    const allowed = imports.flatMap((name) => [`!@baton/${name}`, `!@baton/${name}/**`]);
    // A pattern that lets an entry point in must let its package in first, which is refused again by its path.
    const entries = types.flatMap((name) => [`!@baton/${packageOf(name)}`, `!@baton/${name}`]);
    patterns.push({
      group: ['@baton/*', '@baton/*/**', ...allowed, ...entries],
      message: `${folder} may import of our packages: ${imports.join(', ') || 'none'}.`,
    });
  }
  if (!mongodb) patterns.push(MONGODB);
  if (browser) patterns.push(NODE);
  for (const name of refuses)
    patterns.push({ group: [name, `${name}/**`], message: `${folder} does without.` });
  const paths = types.flatMap((name) => [
    { name: `@baton/${packageOf(name)}`, message: `${folder} may import its types from @baton/${name}.` },
    {
      name: `@baton/${name}`,
      allowTypeImports: true as const,
      message: `${folder} may import only types of ${name}: import type.`,
    },
  ]);
  return { paths, patterns };
}

function packageOf(entryPoint: string): string {
  return entryPoint.replace(/\/.*/, '');
}

/** Deepest folder below `src` whose imports are checked. */
const DEEPEST = 3;

/** One override a depth: how many `../` lead up to `src` depends on it. */
function folderOverrides(folder: string, table: Record<string, readonly string[]>): Override[] {
  const { paths, patterns } = restrictions(folder);
  return Object.entries(table).flatMap(([name, imports]) =>
    Array.from({ length: DEEPEST }, (_, below) => {
      const refused = Object.keys(table).filter((other) => other !== name && !imports.includes(other));
      // The last alternative is a file of `src` itself, which assembles the folders.
      const regex = `^(\\.\\./){${below + 1}}(${[...refused.map((other) => `${other}/`), '[^./][^/]*$'].join('|')})`;
      const message = `${name} may import of ${folder}/src: ${imports.join(', ') || 'none'}.`;
      return override(`${folder}/src/${name}/${'*/'.repeat(below)}*`, {
        paths,
        patterns: [...patterns, { regex, message }],
      });
    }),
  );
}
