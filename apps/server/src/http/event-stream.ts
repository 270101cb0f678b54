import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

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
  /** A ping is sent once nothing has been for so long, in milliseconds. */
  pingEveryMs: number;
};

/**
 * Server-sent events in the form that tRPC's client reads, written straight to the response: byte for byte what
 * tRPC's own producer writes. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #pings: NodeJS.Timeout;

  constructor(response: ServerResponse, { client, pingEveryMs }: EventStreamOptions) {
    this.#response = response;
    response.writeHead(200, HEADERS);
    response.write(`${retryLine()}event: connected\ndata: ${JSON.stringify(client)}\n\n\n`);
    this.#pings = setInterval(() => {
      // A client that does not read gets no pings on top of what waits for it.
      if (!response.writableNeedDrain) response.write('event: ping\ndata: \n\n\n');
    }, pingEveryMs);
    response.once('close', () => clearInterval(this.#pings));
    // Whatever cannot be written goes to a client that is gone.
    response.on('error', () => undefined);
  }

  /** Writes an event; resolves once the client can take more, or is gone. */
  async send(id: string, json: string): Promise<void> {
    this.#pings.refresh();
    if (this.#response.destroyed || this.#response.write(`data: ${json}\nid: ${id}\n\n\n`)) return;
    await Promise.race([once(this.#response, 'drain'), once(this.#response, 'close')]);
  }

  /** Tells the client that nothing more comes. */
  end(): void {
    this.#finish('event: return\ndata: \n\n\n');
  }

  /** Tells the client why nothing more comes. */
  fail(error: object): void {
    this.#finish(`event: serialized-error\ndata: ${JSON.stringify(error)}\n\n\n`);
  }

  #finish(last: string): void {
    clearInterval(this.#pings);
    this.#response.end(last);
  }
}

/** The delay is random, so that not all clients reconnect at once; without one, browsers wait 3 s. */
export function retryLine(): string {
  return `retry: ${Math.round(MIN_RETRY_MS * (1 + Math.random()))}\n\n`;
}
