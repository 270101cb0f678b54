import { CHROMIUM, NO_CHROMIUM } from '../apps/console/e2e/chromium.ts';
import { type Outcome, run } from './command.ts';
import type { Provided, Provision } from './provision.ts';

/** The browser that the console is tried in: installed where the machine has none and lets us. */
export const chromium: Provision = { name: 'chromium', provide };

/** Chromium without windows, and the whole of it for distributions that have no such package. */
const PACKAGES = ['chromium-headless-shell', 'chromium'];
const APT = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120'];

async function provide(env: NodeJS.ProcessEnv): Promise<Provided> {
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
  // An index that cannot be refreshed may still do.
  await apt('update');
  let output = '';
  for (const name of PACKAGES) {
    const installed = await apt('install', '-y', '--no-install-recommends', name);
    if (installed.exitedWell) return;
    output += installed.output;
  }
  throw new Error(`${NO_CHROMIUM}\n${output.trimEnd()}`);
}
