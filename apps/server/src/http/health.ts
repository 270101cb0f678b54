import type { IncomingMessage, ServerResponse } from 'node:http';
import { whyNotReady } from '@baton/router';
import type { Readiness } from '@baton/schema';
import { setCommonHeaders } from './common-headers.ts';

const HEADERS = { 'content-type': 'text/plain; charset=utf-8' };

/**
 * Answers `/healthz`, which is well while the process runs, and `/readyz`, which is 503 while calls should go
 * elsewhere. Neither needs a credential.
 * @returns whether the request was one of them
 */
export function serveHealth(
  request: IncomingMessage,
  response: ServerResponse,
  readiness: () => Promise<Readiness>,
): boolean {
  const { url, method } = request;
  if (url !== '/healthz' && url !== '/readyz') return false;
  if (method !== 'GET' && method !== 'HEAD') return false;
  setCommonHeaders(request, response);
  if (url === '/healthz') {
    answer(response, null);
    return true;
  }
  void readiness().then((look) => answer(response, look.ready ? null : whyNotReady(look)));
  return true;
}

function answer(response: ServerResponse, fault: string | null): void {
  const text = `${fault ?? 'ok'}\n`;
  const length = { 'content-length': Buffer.byteLength(text) };
  response.writeHead(fault === null ? 200 : 503, { ...HEADERS, ...length }).end(text);
}
