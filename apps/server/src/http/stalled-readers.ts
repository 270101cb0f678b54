import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

const LOOK_EVERY_MS = 5_000;
/** How long a client may take what it was sent too slowly. */
const PATIENCE_MS = 30_000;

/** Since when something has waited to be sent at every look, and how much had been sent then. */
type Waiting = { since: number; sentBytes: number };

/**
 * Disconnects clients that read what they were sent more slowly than they may, or not at all: an answer, or a feed. It
 * looks at all connections from time to time, so that no answer costs anything for it.
 */
export class StalledReaders implements Disposable {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<Socket, Waiting>();
  readonly #timer: NodeJS.Timeout;

  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Follows the connections of an HTTP server from now on. */
  follow(server: EventEmitter): void {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#waiting.delete(socket);
      });
    });
  }

  look(): void {
    const now = this.#now();
    for (const socket of this.#sockets) {
      if (socket.writableLength === 0) this.#waiting.delete(socket);
      else this.#judge(socket, now);
    }
  }

  #judge(socket: Socket, now: number): void {
    const sentBytes = sentBytesOf(socket);
    const { since, sentBytes: before } = this.#waiting.get(socket) ?? { since: now, sentBytes };
    const ms = now - since;
    if (ms < PATIENCE_MS) this.#waiting.set(socket, { since, sentBytes: before });
    else if (sentBytes - before < (ms / 1_000) * this.#bytesPerSecond) socket.destroy();
    else this.#waiting.set(socket, { since: now, sentBytes });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** What libuv knows of a socket, which Node's own time limit looks at too: nothing public says how far a write has come. */
type Handle = { bytesWritten?: unknown; writeQueueSize?: unknown };

/** How much was sent; of an answer that is being written, what has gone of it. */
function sentBytesOf(socket: Socket): number {
  // Node's types do not have it; each of its members is looked at before it is used.
  const { _handle: handle } = socket as { _handle?: Handle | null };
  const { bytesWritten, writeQueueSize } = handle ?? {};
  return typeof bytesWritten === 'number' && typeof writeQueueSize === 'number'
    ? bytesWritten - writeQueueSize
    : socket.bytesWritten - socket.writableLength;
}
