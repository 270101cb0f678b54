import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { packageManagerExit, packageManagersAbove } from './package-manager.ts';

afterEach(() => vi.unstubAllEnvs());

/** A shell that stands for the package manager, and the shell that it has started. */
async function manager() {
  const above = spawn('sh', ['-c', 'sh -c "sleep 20; :" & echo $!; wait'], {
    argv0: 'pnpm',
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group, so that `sleep` can be ended too: Vitest waits for whoever holds its output.
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
  const managers = await packageManagersAbove(below);
  // The test itself may run below a package manager too.
  expect(managers.slice(0, 2)).toEqual([below, above.pid]);
  const exit = packageManagerExit(managers, 5);
  expect(await Promise.race([exit, sleep(50, 'runs')])).toBe('runs');
  above.kill('SIGKILL');
  expect(await exit).toBe('What started Baton is gone.');
});

test('what a person runs by hand goes on without its shell', async () => {
  vi.stubEnv('npm_lifecycle_event', undefined);
  const { below } = await manager();
  expect(await packageManagersAbove(below)).toEqual([]);
  expect(await packageManagersAbove()).toEqual([]);
  expect(await Promise.race([packageManagerExit([], 5), sleep(50, 'goes on')])).toBe('goes on');
});
