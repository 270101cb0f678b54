import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { packageManagerExit, packageManagersAbove } from '../local/package-manager.ts';
import { type RunningBaton, startBaton } from '../local/start-baton.ts';

/** How long an interrupted start waits for the samples that have been started. */
const SAMPLE_GRACE_MS = 1_500;

export function startMessage({ url, apiKey, link }: Pick<RunningBaton, 'url' | 'apiKey' | 'link'>): string[] {
  return [
    '',
    ...(link === null
      ? []
      : ['  The console, for one browser (another link: npx -y pnpm@12 baton sign-in):', `    ${link}`, '']),
    `  The API: ${url}/trpc`,
    `  Development key: ${apiKey}`,
    '',
    '  In another terminal:',
    '    npx -y pnpm@12 baton list              who owns what, and where it stands',
    '    npx -y pnpm@12 baton search "price"    find what was said',
    '    npx -y pnpm@12 baton metrics funnel    how far conversations get',
    '',
    '  Ctrl-C stops everything.',
  ];
}

/** Ctrl-C, a service manager, a closed terminal. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function stopSignal(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => resolve(null));
  });
}

export function registerStart(program: Command, { terminal }: CommandContext): void {
  program
    .command('start')
    .description('run Baton here: MongoDB, the API, sample conversations where the store is empty')
    .action(async () => {
      const { print } = terminal;
      const interrupted = stopSignal();
      const abandoned = packageManagersAbove().then((managers) => packageManagerExit(managers));
      const stopping = new AbortController();
      const starting = startBaton(print, stopping.signal);
      const started = await Promise.race([starting, interrupted]);
      if (started === null) {
        print('Stopping …');
        stopping.abort();
        // The server and an embedded MongoDB end with the process.
        await Promise.race([starting.catch(() => undefined), sleep(SAMPLE_GRACE_MS)]);
        process.exit(0);
      }
      for (const line of startMessage(started)) print(line);
      const why = await Promise.race([interrupted, abandoned, started.ended]);
      print(why ?? 'Stopping …');
      await started.stop();
      process.exit(why === null ? 0 : 1);
    });
}
