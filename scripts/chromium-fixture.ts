import { CHROMIUM, NO_CHROMIUM } from '../apps/console/e2e/chromium.ts';
import { type Outcome, run } from './command.ts';
import type { RunningFixture, Fixture } from './fixture.ts';

/** The browser of the console's tests; installed with apt-get where there is none. */
export const chromium: Fixture = { name: 'chromium', start };

/** The second for distributions without the first. */
const PACKAGES = ['chromium-headless-shell', 'chromium'];
const APT = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120'];

async function start(env: NodeJS.ProcessEnv): Promise<RunningFixture> {
  if (CHROMIUM === undefined) await install({ ...env, DEBIAN_FRONTEND: 'noninteractive' });
  return { env: {}, stop: async () => {} };
}

async function install(env: NodeJS.ProcessEnv): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = async (...args: string[]): Promise<Outcome> => {
    const [program = '', ...rest] = [...asRoot, ...APT, ...args];
    return run(program, rest, env);
  };
  console.log('  installing chromium with apt-get');
  // Installing may work even where this fails.
  await apt('update');
  let output = '';
  for (const name of PACKAGES) {
    const installed = await apt('install', '-y', '--no-install-recommends', name);
    if (installed.succeeded) return;
    output += installed.output;
  }
  throw new Error(`${NO_CHROMIUM}\n${output.trimEnd()}`);
}
