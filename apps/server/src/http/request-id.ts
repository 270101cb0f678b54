import type { IncomingMessage } from 'node:http';

export const REQUEST_ID = 'x-request-id';

/** An id of a caller's own is shown in the log, so it is short, plain, and no secret of ours. */
const ACCEPTED = /^(?!.*baton_)[A-Za-z0-9._~:@/+=-]{1,128}$/;

/** Gives a request its id, the caller's own where that can be taken. */
export function nameRequest(request: IncomingMessage): void {
  const given = request.headers[REQUEST_ID];
  const id = typeof given === 'string' && ACCEPTED.test(given) ? given : crypto.randomUUID();
  request.headers[REQUEST_ID] = id;
}

/** The id of a request that was named. */
export function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const id = headers[REQUEST_ID];
  return typeof id === 'string' ? id : undefined;
}
