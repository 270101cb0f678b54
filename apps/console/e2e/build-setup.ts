import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { CHROMIUM, NO_CHROMIUM } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built console; empty without a browser. */
    consoleFolder: string;
  }
}

/** Vitest's `globalSetup`: builds the console once, unless `BATON_TEST_CONSOLE` names a build. */
export default async function setup({
  provide,
}: Pick<TestProject, 'provide'>): Promise<(() => Promise<void>) | undefined> {
  if (CHROMIUM === undefined) {
    console.warn(NO_CHROMIUM);
    provide('consoleFolder', '');
    return undefined;
  }
  const built = process.env['BATON_TEST_CONSOLE'];
  if (built) {
    provide('consoleFolder', built);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'baton-console-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  // With Vitest's NODE_ENV=test React would be built for development.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  await build({
    root,
    mode: 'production',
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, sourcemap: 'hidden' },
  });
  process.env['NODE_ENV'] = NODE_ENV;
  provide('consoleFolder', folder);
  return () => rm(folder, { recursive: true, force: true });
}
