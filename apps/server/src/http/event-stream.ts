import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Feed clients reconnect this many milliseconds after a break, at least; twice that at most. */
const MIN_RETRY_MS = 400;

/** The same headers as tRPC's own, in its order. */
const HEADERS = {
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  'content-type': 'text/event-stream',
  vary: 'trpc-accept, accept',
  'x-accel-buffering': 'no',
};

export type EventStreamOptions = {
  /** What the client is told first. */
  client: object;
  /** A ping is sent once nothing has been for so long, in milliseconds, and a tenth of that later at most. */
  pingEveryMs: number;
};

/** Text as a chunk of an HTTP/1.1 body: made once, it is written to any number of sockets as it is. */
function chunkOf(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

/** What a chunk holds. */
function eventOf(chunk: Buffer): Buffer {
  return chunk.subarray(chunk.indexOf('\r\n') + 2, -2);
}

/** An event, ready to be sent to any number of clients. */
export function eventChunk(id: string, json: string): Buffer {
  return chunkOf(`data: ${json}\nid: ${id}\n\n\n`);
}

const PING = chunkOf('event: ping\ndata: \n\n\n');

/**
 * Server-sent events in the form that tRPC's client reads, byte for byte what tRPC's own producer writes.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * What many clients are sent goes straight to their sockets: Node's response would write each chunk in three parts.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #pings: Pings;
  /** The tick of the pings in which something was written last. */
  writtenIn: number;

  /** @param response of a client that takes a body in chunks: HTTP/1.1 */
  constructor(response: ServerResponse, { client, pingEveryMs }: EventStreamOptions) {
    this.#response = response;
    response.writeHead(200, HEADERS);
    response.write(`${retryLine()}event: connected\ndata: ${JSON.stringify(client)}\n\n\n`);
    this.#pings = Pings.every(pingEveryMs);
    this.writtenIn = this.#pings.tick;
    this.#pings.add(this);
    response.on('close', () => this.#pings.delete(this));
    // Whatever cannot be written goes to a client that is gone.
    response.on('error', () => undefined);
  }

  /** Writes an event; resolves once the client can take more, or is gone. */
  send(chunk: Buffer): Promise<void> | undefined {
    this.writtenIn = this.#pings.tick;
    const { destroyed, socket } = this.#response;
    if (destroyed) return undefined;
    if (socket === null) {
      // An earlier request of the connection is still being answered: Node keeps this for later.
      return this.#response.write(eventOf(chunk)) ? undefined : this.#drained(this.#response);
    }
    if (!socket.destroyed && socket.write(chunk)) return undefined;
    return this.#drained(socket);
  }

  /** A client that does not read gets no pings on top of what waits for it. */
  ping(): void {
    const { socket } = this.#response;
    if (socket?.writableNeedDrain === false) void this.send(PING);
  }

  /** Tells the client that nothing more comes. */
  end(): void {
    this.#finish('event: return\ndata: \n\n\n');
  }

  /** Tells the client why nothing more comes. */
  fail(error: object): void {
    this.#finish(`event: serialized-error\ndata: ${JSON.stringify(error)}\n\n\n`);
  }

  #drained(written: Socket | ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        written.off('drain', done);
        this.#response.off('close', done);
        resolve();
      };
      written.once('drain', done);
      this.#response.once('close', done);
    });
  }

  #finish(last: string): void {
    this.#pings.delete(this);
    this.#response.end(last);
  }
}

const TICKS_OF_A_PING = 10;

/** One timer for all streams that have the same interval. */
class Pings {
  static readonly #byInterval = new Map<number, Pings>();
  readonly #streams = new Set<EventStream>();
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Counts up. */
  tick = 0;

  private constructor(everyMs: number) {
    this.#tickMs = everyMs / TICKS_OF_A_PING;
  }

  static every(everyMs: number): Pings {
    const known = this.#byInterval.get(everyMs) ?? new Pings(everyMs);
    this.#byInterval.set(everyMs, known);
    return known;
  }

  add(stream: EventStream): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#pingIdle(), this.#tickMs);
  }

  delete(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #pingIdle(): void {
    this.tick += 1;
    for (const stream of this.#streams) if (this.tick - stream.writtenIn >= TICKS_OF_A_PING) stream.ping();
  }
}

/** The delay is random, so that not all clients reconnect at once; without one, browsers wait 3 s. */
export function retryLine(): string {
  return `retry: ${Math.round(MIN_RETRY_MS * (1 + Math.random()))}\n\n`;
}
