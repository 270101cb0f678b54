import type { FastifyInstance } from 'fastify';
import { retryLine } from './event-stream.ts';

/** Begins every event stream of tRPC's own adapter with a `retry` line. */
export function addFeedRetry(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, _reply, payload) =>
    payload instanceof Response && isEventStream(payload) ? withRetryLine(payload) : payload,
  );
}

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

function withRetryLine({ body, status, headers }: Response): Response {
  const prefixed = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(retryLine())),
  });
  return new Response(body?.pipeThrough(prefixed), { status, headers });
}
