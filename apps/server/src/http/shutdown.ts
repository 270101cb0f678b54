import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a call may go on while the server stops. */
const CALL_DEADLINE_MS = 15_000;
const CLOSE_IDLE_EVERY_MS = 50;

/**
 * Follows an app's connections from now on. The function returned closes the app: it takes no new call, finishes
 * those that run (15 s at most), and closes each connection once it is idle.
 */
export function gracefulShutdown(app: FastifyInstance): () => Promise<void> {
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  app.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.server.on('request', ({ socket }, response) => {
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });
  return async () => {
    // Node's own `closeIdleConnections` leaves connections that have sent no request.
    const closeIdle = setInterval(() => {
      for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon();
    }, CLOSE_IDLE_EVERY_MS);
    const deadline = setTimeout(() => app.server.closeAllConnections(), CALL_DEADLINE_MS);
    await app.close();
    clearInterval(closeIdle);
    clearTimeout(deadline);
  };
}
