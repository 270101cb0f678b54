import { Refusal } from '@baton/domain';

/** Counts the bytes of the answers to one request, so that a batch of large pages does not fill the process. */
export class AnswerBudget {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes in the answer to a query. The first one always has room, so that whoever asks again gets on.
   * @throws Refusal RATE_LIMITED where it has none
   */
  add(json: string): void {
    const bytes = Buffer.byteLength(json);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      const message = `The answers to one request have at most ${this.#maxBytes} bytes; ask again for this one`;
      throw new Refusal('RATE_LIMITED', message, { retryAfterMs: 0 });
    }
    this.#bytes += bytes;
  }
}
