import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opens so many more readers of an address, or waits until each has had so many events. */
export type ReadersRequest =
  | { what: 'open'; url: string; headers: Record<string, string>; count: number }
  | { what: 'wait'; events: number };

/** When the first and the last reader had an event, in milliseconds since 1970. */
export type Arrival = { first: number; last: number };

const OPENED_TOGETHER = 100;
const EVENT = Buffer.from('\nid: ');

/** Many readers of one stream of server-sent events, on sockets of their own, so that they cost little themselves. */
export class Readers {
  readonly #arrivals: (Arrival & { readers: number })[] = [];
  readonly #sockets: Socket[] = [];
  #count = 0;
  #changed = Promise.withResolvers<void>();

  async answer(request: ReadersRequest): Promise<Arrival[]> {
    if (request.what === 'open') await this.#open(request);
    else await this.#wait(request.events);
    return this.#arrivals.map(({ first, last }) => ({ first, last }));
  }

  /** Ends them all. */
  close(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('close').destroy();
  }

  async #open({ url, headers, count }: ReadersRequest & { what: 'open' }): Promise<void> {
    const { hostname, port, pathname, search } = new URL(url);
    const lines = Object.entries({ host: hostname, ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const request = `GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`;
    this.#count += count;
    for (let open = 0; open < count; open += OPENED_TOGETHER) {
      const opening = Array.from({ length: Math.min(OPENED_TOGETHER, count - open) }, () => {
        const socket = connect(Number(port), hostname);
        this.#sockets.push(socket);
        socket.write(request);
        return this.#connected(socket);
      });
      await Promise.all(opening);
    }
  }

  async #connected(socket: Socket): Promise<void> {
    let text = '';
    while (!text.includes('event: connected')) {
      const [chunk]: Buffer[] = await once(socket, 'data');
      text += chunk?.toString('latin1') ?? '';
      if (text.startsWith('HTTP/1.1 ') && !text.startsWith('HTTP/1.1 200'))
        throw new Error(`A reader was refused: ${text.slice(0, 80)}`);
      if (text.includes('serialized-error')) throw new Error(`A reader was refused: ${text.slice(-300)}`);
    }
    let events = 0;
    socket.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(EVENT); at >= 0; at = chunk.indexOf(EVENT, at + 1)) {
        this.#arrived(events);
        events += 1;
      }
    });
    socket.on('close', () => {
      throw new Error('A reader was disconnected');
    });
  }

  #arrived(event: number): void {
    const now = performance.timeOrigin + performance.now();
    const arrival = this.#arrivals[event];
    if (arrival === undefined) this.#arrivals[event] = { first: now, last: now, readers: 1 };
    else {
      arrival.last = now;
      arrival.readers += 1;
    }
    if (this.#arrivals[event]?.readers !== this.#count) return;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #wait(events: number): Promise<void> {
    while (this.#arrivals.filter(({ readers }) => readers === this.#count).length < events)
      await this.#changed.promise;
  }
}
