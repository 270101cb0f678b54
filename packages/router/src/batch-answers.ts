import { Refusal } from '@baton/domain';
import { refusalError } from './error.ts';

/** How many queries of a batch are done at once. */
const AT_ONCE = 10;

/** Bounds the bytes of the answers to the queries of one batch, so that large pages together do not fill the process. */
export class BatchAnswers {
  readonly #maxBytes: number;
  readonly #waiting: (() => void)[] = [];
  readonly #json = new WeakMap<object, string>();
  #running = 0;
  #bytes = 0;
  #isSpent = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Does a query of the batch, once few enough others are being done, and takes in what it answers. The first answer always
   * has room, so that whoever asks again gets on.
   * @throws TRPCError RATE_LIMITED, to be asked again at once, where others have taken all the room
   */
  async take<Result extends { ok: boolean }>(query: () => Promise<Result>): Promise<Result> {
    if (this.#running < AT_ONCE) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (this.#isSpent) throw this.#refusal();
      const result = await query();
      if (result.ok && 'data' in result) this.#add(result.data);
      return result;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** The JSON of an answer that was taken in; undefined for any other. */
  jsonOf(data: unknown): string | undefined {
    return typeof data === 'object' && data !== null ? this.#json.get(data) : undefined;
  }

  #add(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    const json = JSON.stringify(data);
    const bytes = Buffer.byteLength(json);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      this.#isSpent = true;
      throw this.#refusal();
    }
    this.#bytes += bytes;
    this.#json.set(data, json);
  }

  #refusal() {
    const message = `The answers to one request have at most ${this.#maxBytes} bytes; ask again for this one`;
    return refusalError(new Refusal('RATE_LIMITED', message, { retryAfterMs: 0 }));
  }
}
