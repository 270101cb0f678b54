import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { packageManagerExit } from './package-manager.ts';

afterEach(() => vi.unstubAllEnvs());

/** A shell that stands for the package manager, and the shell that it has started. */
async function manager() {
  const above = spawn('sh', ['-c', 'sh -c "sleep 20; :" & echo $!; wait'], {
    argv0: 'pnpm',
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that its end can reach the `sleep` too: Vitest waits for whoever holds its output.
    detached: true,
  });
  const [line] = await once(above.stdout, 'data');
  const below = Number(line);
  onTestFinished(() => {
    process.kill(-Number(above.pid), 'SIGKILL');
  });
  return { above, below };
}

test('what runs as a script learns when its package manager was ended, though not its shell', async () => {
  vi.stubEnv('npm_lifecycle_event', 'start');
  const { above, below } = await manager();
  let why: string | null = null;
  const gone = packageManagerExit(below, 5).then((reason) => (why = reason));
  // By then it has asked `ps` who stands above, on a busy machine too.
  await sleep(2_000);
  expect(why).toBeNull();
  above.kill('SIGKILL');
  expect(await gone).toBe('What started Baton is gone.');
});

test('what a person runs by hand goes on without its shell', async () => {
  vi.stubEnv('npm_lifecycle_event', undefined);
  const { above, below } = await manager();
  above.kill('SIGKILL');
  await once(above, 'exit');
  const ofThisProcess = packageManagerExit();
  const ends = Promise.race([packageManagerExit(below, 5), ofThisProcess, sleep(50, 'goes on')]);
  expect(await ends).toBe('goes on');
});
