import type { FastifyInstance } from 'fastify';

/** Feed clients reconnect this many milliseconds after a break, at least; twice that at most. */
const MIN_RETRY_MS = 400;

/** Begins every event stream with a `retry` line: without one, browsers wait 3 s. */
export function addFeedRetry(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, _reply, payload) =>
    payload instanceof Response && isEventStream(payload) ? withRetryLine(payload) : payload,
  );
}

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** The delay is random, so that not all clients reconnect at once. */
function withRetryLine({ body, status, headers }: Response): Response {
  const retryMs = Math.round(MIN_RETRY_MS * (1 + Math.random()));
  const prefixed = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`retry: ${retryMs}\n\n`)),
  });
  return new Response(body?.pipeThrough(prefixed), { status, headers });
}
