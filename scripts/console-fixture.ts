import { join } from 'node:path';

import { run } from './command.ts';
import { ROOT } from './project.ts';
import type { RunningFixture, Fixture } from './fixture.ts';

/** The console, built with source maps; turbo caches it. */
export const builtConsole: Fixture = { name: 'console', start };

async function start(env: NodeJS.ProcessEnv): Promise<RunningFixture> {
  const { succeeded, output } = await run('turbo', ['run', 'build:test', '--output-logs=errors-only'], env);
  if (!succeeded) throw new Error(output.trimEnd());
  return {
    env: { BATON_TEST_CONSOLE: join(ROOT, 'apps', 'console', 'dist-test') },
    stop: async () => {},
  };
}
