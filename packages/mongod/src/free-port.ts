import { once } from 'node:events';
import { createServer } from 'node:net';

import { MongodStartFailed, PortInUse } from './mongod-process.ts';

const ATTEMPTS = 3;

/** A free TCP port of 127.0.0.1, or `wanted` if that is free. */
export async function freePort(wanted = 0): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    if (server.listening) await new Promise((done) => server.close(done));
  }
}

/**
 * Starts something on the port wanted, else on the preferred one if it is free, else on any free one. Tries three
 * ports, because another process may take a free one first.
 */
export async function onFreePort<T>(
  wanted: number | undefined,
  start: (port: number) => Promise<T>,
  preferred?: number,
): Promise<T> {
  if (wanted) return start(wanted);
  for (let attempt = 1; ; attempt += 1) {
    const port = (attempt === 1 && preferred && (await freePort(preferred))) || (await freePort());
    if (!port) throw new MongodStartFailed('no port of 127.0.0.1 is free');
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof PortInUse) || attempt === ATTEMPTS) throw error;
    }
  }
}
