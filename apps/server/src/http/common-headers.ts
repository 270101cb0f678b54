import type { IncomingMessage, ServerResponse } from 'node:http';
import { REQUEST_ID, requestIdOf } from './request-id.ts';
import { API_HEADERS } from './security-headers.ts';

const API_PAIRS = Object.entries(API_HEADERS).flat();

/** What every answer of the API has, as names and values in turn. */
export function commonHeaders(request: IncomingMessage): string[] {
  return [...API_PAIRS, REQUEST_ID, requestIdOf(request) ?? ''];
}

/** Sets the same. An answer that is written at once takes them with its others, which costs less. */
export function setCommonHeaders(request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(API_HEADERS)) response.setHeader(name, value);
  response.setHeader(REQUEST_ID, requestIdOf(request) ?? '');
}
