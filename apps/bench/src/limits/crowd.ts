import { connect, type Socket } from 'node:net';

/** Opens so many clients more, or says how they are. */
export type CrowdRequest =
  | { what: 'idle' | 'stalled' | 'slow'; url: string; keys: string[]; path: string; count: number }
  | { what: 'state' };

export type CrowdState = {
  /** Connections that are open now. */
  open: number;
  /** Those that the server has ended, and that came back. */
  ended: number;
};

const OPENED_TOGETHER = 200;
const TRICKLE_EVERY_MS = 1_000;
const COME_BACK_MS = 1_000;
const SLOW_BODY_BYTES = 20_000;

/** Clients of one kind that do a server no good: many that wait, that stop reading, or that send slowly. */
export class Crowd {
  readonly #sockets = new Set<Socket>();
  readonly #slow = new Set<Socket>();
  readonly #trickle: NodeJS.Timeout;
  #ended = 0;
  #isClosed = false;

  constructor() {
    this.#trickle = setInterval(() => {
      for (const socket of this.#slow) socket.write('a');
    }, TRICKLE_EVERY_MS);
  }

  async answer(request: CrowdRequest): Promise<CrowdState> {
    if (request.what !== 'state') {
      const { count } = request;
      for (let opened = 0; opened < count; opened += OPENED_TOGETHER) {
        const together = Array.from({ length: Math.min(OPENED_TOGETHER, count - opened) }, (_, index) =>
          this.#open(request, opened + index),
        );
        await Promise.all(together);
      }
    }
    return { open: this.#sockets.size, ended: this.#ended };
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#trickle);
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves once it is as it is to be. */
  #open(request: Exclude<CrowdRequest, { what: 'state' }>, number: number): Promise<void> {
    const { hostname, port } = new URL(request.url);
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(Number(port), hostname);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#slow.delete(socket);
      resolve();
      if (this.#isClosed) return;
      this.#ended += 1;
      setTimeout(() => void this.#open(request, number), COME_BACK_MS);
    });
    socket.on('error', () => undefined);
    const key = request.keys[number % request.keys.length] ?? '';
    if (request.what === 'slow')
      this.#sendSlowly(socket, { ...request, key, isBody: number % 2 === 0 }, resolve);
    else this.#read(socket, { ...request, key, isStalled: request.what === 'stalled' }, resolve);
    return promise;
  }

  /** A head that does not end, or a body that does not. */
  #sendSlowly(
    socket: Socket,
    { path, key, isBody }: { path: string; key: string; isBody: boolean },
    onOpen: () => void,
  ): void {
    const lines = [
      `POST ${path} HTTP/1.1`,
      'host: bench',
      'content-type: application/json',
      `authorization: Bearer ${key}`,
      `content-length: ${SLOW_BODY_BYTES}`,
    ];
    socket.write(isBody ? `${lines.join('\r\n')}\r\n\r\n{"a":"` : `${lines.join('\r\n')}\r\nx-slow: `);
    socket.once('connect', () => {
      this.#slow.add(socket);
      onOpen();
    });
    // An answer is the end of it.
    socket.on('data', () => socket.destroy());
  }

  #read(
    socket: Socket,
    { path, key, isStalled }: { path: string; key: string; isStalled: boolean },
    onOpen: () => void,
  ): void {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\n\r\n`);
    socket.once('data', () => {
      if (isStalled) socket.pause();
      else socket.resume();
      onOpen();
    });
  }
}
