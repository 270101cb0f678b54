import { createServer } from 'node:net';
import { createBaton } from '@baton/client';
import { readFileIfExists } from './baton-folder.ts';
import { parseConnection } from './connection.ts';
import { StartRefused } from './start-settings.ts';

const fetchWithTimeout: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: AbortSignal.timeout(2_000) });

/** Only one Baton may run in a folder. */
export async function requireNotRunning(connectionFile: string): Promise<void> {
  const running = parseConnection(await readFileIfExists(connectionFile));
  if (running === null) return;
  const { api } = createBaton({ ...running, attempts: 1, fetch: fetchWithTimeout });
  // Another server on this port would not accept the key.
  const isThere = await api.tenant.get.query().then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const link = 'npx -y pnpm@12 baton sign-in';
  throw new StartRefused(`Baton runs here already, at ${running.url}. A link to its console: ${link}`);
}

export async function requireFreePort(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const isBusy = error.code === 'EADDRINUSE';
      const why = isBusy
        ? `Port ${port} is in use. Stop what uses it, or choose another: BATON_PORT=4100 npx -y pnpm@12 start`
        : `Port ${port} cannot be used: ${error.message}`;
      reject(new StartRefused(why));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}
