import type { IncomingMessage, ServerResponse } from 'node:http';

const HEADER = 'x-request-id';

/** An id of a caller's own is shown in the log, so it is short, plain, and no secret of ours. */
const ACCEPTED = /^(?!.*baton_)[A-Za-z0-9._~:@/+=-]{1,128}$/;

/** Gives a request its id, the caller's own where that can be taken, and names it in the answer. */
export function nameRequest(request: IncomingMessage, response: ServerResponse): void {
  const given = request.headers[HEADER];
  const id = typeof given === 'string' && ACCEPTED.test(given) ? given : crypto.randomUUID();
  request.headers[HEADER] = id;
  response.setHeader(HEADER, id);
}

/** The id of a request that was named. */
export function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const id = headers[HEADER];
  return typeof id === 'string' ? id : undefined;
}
