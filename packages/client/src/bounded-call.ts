/**
 * Aborted with the first of `sources`, until it is ended. AbortSignal.any would keep its listeners for as long as
 * the sources live.
 */
export function linkedSignal(...sources: AbortSignal[]): { signal: AbortSignal; end: () => void } {
  const follower = new AbortController();
  const ends = sources.map((source) => {
    const abort = () => follower.abort(source.reason);
    if (source.aborted) abort();
    else source.addEventListener('abort', abort, { once: true });
    return () => source.removeEventListener('abort', abort);
  });
  return { signal: follower.signal, end: () => ends.forEach((end) => end()) };
}

/**
 * Makes a call that ends after `ms` milliseconds or with `signal` at the latest, even where the call itself does not
 * listen to its signal.
 * @throws what `signal` is aborted with, or an Error that names `ms`
 */
export async function callWithin<Result>(
  ms: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timeout = new AbortController();
  const linked = linkedSignal(signal, timeout.signal);
  const ended = Promise.withResolvers<never>();
  // Nobody waits for it where the signal is aborted already.
  ended.promise.catch(() => undefined);
  linked.signal.addEventListener('abort', () => ended.reject(linked.signal.reason), { once: true });
  const timer = setTimeout(() => timeout.abort(new Error(`No answer came within ${ms} ms`)), ms);
  try {
    linked.signal.throwIfAborted();
    return await Promise.race([call(linked.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    linked.end();
  }
}
