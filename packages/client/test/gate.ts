/** A way to the server whose traffic a test may hold back, cut and count. */
export class Gate {
  readonly requests: string[] = [];
  #answers: PromiseWithResolvers<void> | null = null;
  #feed: PromiseWithResolvers<void> | null = null;
  #streams = new Set<AbortController>();
  /** Loses the answers of the next so many requests: they are carried out, and nobody hears of it. */
  lose = 0;
  /** Answers instead of the server. */
  instead: (() => Response | Promise<Response>) | null = null;

  holdAnswers(): void {
    this.#answers ??= Promise.withResolvers();
  }

  releaseAnswers(): void {
    this.#answers?.resolve();
    this.#answers = null;
  }

  holdFeed(): void {
    this.#feed ??= Promise.withResolvers();
  }

  releaseFeed(): void {
    this.#feed?.resolve();
    this.#feed = null;
  }

  /** Breaks every live connection, as a train in a tunnel does. */
  cut(): void {
    for (const stream of this.#streams) stream.abort(new TypeError('The connection broke'));
    this.#streams.clear();
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    this.requests.push(url);
    if (url.includes('/feed.')) return this.#streaming(url, init);
    if (this.instead !== null) return unlessAborted(this.instead(), init?.signal);
    const response = await fetch(input, init);
    if (this.lose > 0) {
      this.lose -= 1;
      await response.body?.cancel();
      throw new TypeError('fetch failed');
    }
    if (init?.method === 'POST') await this.#answers?.promise;
    return response;
  };

  async #streaming(url: string, init: RequestInit | undefined): Promise<Response> {
    if (this.instead !== null) return this.instead();
    const broken = new AbortController();
    const signal = AbortSignal.any([broken.signal, ...(init?.signal ? [init.signal] : [])]);
    const response = await fetch(url, { ...init, signal });
    this.#streams.add(broken);
    const waiting = new TransformStream<Uint8Array, Uint8Array>({
      transform: async (chunk, controller) => {
        await this.#feed?.promise;
        controller.enqueue(chunk);
      },
    });
    const body = response.body?.pipeThrough(waiting) ?? null;
    const { status, headers } = response;
    return Object.defineProperty(new Response(body, { status, headers }), 'url', { value: url });
  }
}

/** What a fetch does: it ends as soon as its signal is aborted. */
function unlessAborted(answer: Response | Promise<Response>, signal?: AbortSignal | null): Promise<Response> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([answer, aborted]);
}
