import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/.bin/tsc');

/** The entry points of the packages that a client app reads. */
const CLIENT = 'client/src/index.ts';
const ENTRY_POINTS = [CLIENT, 'router/src/api.ts', 'schema/src/index.ts'];

const DEPENDENCIES = {
  '@trpc/client': 'packages/client/node_modules/@trpc/client',
  '@trpc/server': 'packages/client/node_modules/@trpc/server',
  zod: 'packages/schema/node_modules/zod',
};

export type Compiled = { ok: boolean; output: string };

/** An app in a folder of its own, which has Baton's packages as they would be published: declarations alone. */
export class PublishedApp {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<PublishedApp> {
    const app = new PublishedApp(await mkdtemp(join(tmpdir(), 'baton-app-')));
    await app.#writeJson('package.json', { type: 'module' });
    await app.#writeJson('tsconfig.json', {
      compilerOptions: {
        target: 'es2024',
        module: 'nodenext',
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        types: [],
      },
      files: ['app.ts'],
    });
    await app.#install();
    return app;
  }

  async #install(): Promise<void> {
    const modules = join(this.#folder, 'node_modules');
    await mkdir(join(modules, '@trpc'), { recursive: true });
    for (const [name, path] of Object.entries(DEPENDENCIES)) {
      await symlink(join(ROOT, path), join(modules, name));
    }
    await this.#writeJson('emit.json', {
      extends: join(ROOT, 'tsconfig.base.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: join(ROOT, 'packages'),
        outDir: join(modules, '@baton'),
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      files: ENTRY_POINTS.map((path) => join(ROOT, 'packages', path)),
    });
    // With several threads the compiler may meet a package of the workspace as a dependency first, and then
    // leaves its declarations out without an error.
    const { ok, output } = await this.#tsc('-p', 'emit.json', '--singleThreaded');
    if (!ok) throw new Error(output);
    for (const entryPoint of ENTRY_POINTS) {
      const [name = '', ...path] = entryPoint.split('/');
      const file = `./${path.join('/').replace(/\.ts$/, '.d.ts')}`;
      const exported = name === 'router' ? './api' : '.';
      await this.#writeJson(`node_modules/@baton/${name}/package.json`, {
        name: `@baton/${name}`,
        type: 'module',
        exports: { [exported]: file },
      });
    }
  }

  /** Type-checks the app with this source. */
  async compile(source: string, ...options: string[]): Promise<Compiled> {
    await writeFile(join(this.#folder, 'app.ts'), source);
    return this.#tsc('-p', '.', ...options);
  }

  /** Baton's own declarations that the compiler reads for this source, by path. */
  async declarationsOf(source: string): Promise<Map<string, string>> {
    const { output } = await this.compile(source, '--listFilesOnly');
    const paths = output.split('\n').filter((path) => path.includes('/@baton/'));
    return new Map(
      await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)),
    );
  }

  /** The one file of declarations that is published: the client's, with what it uses of the other packages. */
  async bundledDeclarations(): Promise<string> {
    const entryPoint = join(this.#folder, 'node_modules/@baton', CLIENT.replace(/\.ts$/, '.d.ts'));
    const bundle = await rolldown({
      input: entryPoint,
      external: Object.keys(DEPENDENCIES).map((name) => new RegExp(`^${name}(?:/|$)`)),
      plugins: [dts({ dtsOnly: true, generator: 'oxc' })],
    });
    const { output } = await bundle.generate();
    await bundle.close();
    const [file, ...others] = output;
    if (file.type !== 'chunk' || others.length > 0)
      throw new Error('The declarations are more than one file');
    return file.code;
  }

  /** Replaces a name in a declaration; returns how to take that back. */
  async rename(declaration: string, from: string, to: string): Promise<() => Promise<void>> {
    const path = join(this.#folder, 'node_modules/@baton', declaration);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(from, to));
    return () => writeFile(path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  async #writeJson(path: string, content: unknown): Promise<void> {
    await writeFile(join(this.#folder, path), JSON.stringify(content));
  }

  #tsc(...options: string[]): Promise<Compiled> {
    return new Promise((resolve) => {
      execFile(TSC, options, { cwd: this.#folder }, (error, stdout, stderr) => {
        resolve({ ok: error === null, output: stdout + stderr });
      });
    });
  }
}
