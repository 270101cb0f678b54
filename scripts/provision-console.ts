import { join } from 'node:path';

import { run } from './command.ts';
import { ROOT } from './project.ts';
import type { Provided, Provision } from './provision.ts';

/** The console as a browser gets it, with source maps: turbo keeps it until its sources change. */
export const builtConsole: Provision = { name: 'console', provide };

async function provide(env: NodeJS.ProcessEnv): Promise<Provided> {
  const { exitedWell, output } = await run('turbo', ['run', 'build:test', '--output-logs=errors-only'], env);
  if (!exitedWell) throw new Error(output.trimEnd());
  return {
    env: { BATON_TEST_CONSOLE: join(ROOT, 'apps', 'console', 'dist-test') },
    stop: async () => {},
  };
}
