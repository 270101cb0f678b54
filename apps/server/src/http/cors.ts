import type { IncomingMessage, ServerResponse } from 'node:http';
import { PREFIX } from './call-head.ts';
import { setCommonHeaders } from './common-headers.ts';

const PREFLIGHT_S = 600;

/**
 * Cross-Origin Resource Sharing for pages of certain origins, which call with a key. Credentials of the browser are never
 * allowed: the session's cookie counts for the console's own pages alone. No cache keeps an answer of the API, so none needs
 * to be told that it varies by origin.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  /** @param origins exactly as browsers send them; without one it is closed */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /**
   * Lets the page that a request comes from read the answer, where it may; its preflight is answered here.
   * @returns whether the request is answered
   */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const { headers, method, url = '' } = request;
    const { origin } = headers;
    if (origin === undefined || !this.#origins.has(origin) || !url.startsWith(PREFIX)) return false;
    response.setHeader('access-control-allow-origin', origin);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) {
      response.setHeader(
        'access-control-expose-headers',
        'ratelimit, ratelimit-policy, retry-after, x-request-id',
      );
      return false;
    }
    setCommonHeaders(request, response);
    response.setHeader('access-control-allow-methods', 'GET, POST');
    response.setHeader(
      'access-control-allow-headers',
      'authorization, content-type, last-event-id, trpc-accept, x-request-id',
    );
    response.setHeader('access-control-max-age', PREFLIGHT_S);
    response.writeHead(204).end();
    return true;
  }
}
