import type { IncomingMessage } from 'node:http';
import { appRouter, OPEN_PROCEDURES } from '@baton/router';
import type { TRPCProcedureType } from '@trpc/server';
import { type HttpLimits, MAX_PATH_LENGTH, OPEN_BODY_BYTES } from './limits.ts';

/** The address of every procedure begins so. */
export const PREFIX = '/trpc/';

/** A call of a procedure. */
export interface Call {
  path: string;
  type: 'query' | 'mutation';
}

/** What the head of a request for plain JSON calls says. */
export interface CallHead {
  calls: readonly Call[];
  isBatch: boolean;
  /** Whether none of the calls needs a credential. */
  isOpen: boolean;
  /** Bytes of the body that has the inputs; null where the address has them. */
  bodyBytes: number | null;
  /** The inputs in the address, as JSON; null where there are none. */
  input: string | null;
}

const plainCalls = new Map<string, Call>();
const commands = new Set<string>();
const subscriptions = new Set<string>();
// At run time the procedures lie flat, by their paths; the type has them in their areas.
const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: TRPCProcedureType } }
>;
for (const [path, { _def }] of Object.entries(procedures)) {
  const { type } = _def;
  const setsCookies = path.startsWith('session.') && type === 'mutation';
  if (type === 'subscription') subscriptions.add(path);
  else if (!setsCookies) plainCalls.set(path, { path, type });
  if (type === 'mutation') commands.add(path);
}

/** Whether a procedure changes something. */
export function isCommand(path: string): boolean {
  return commands.has(path);
}

export function isSubscription(path: string): boolean {
  return subscriptions.has(path);
}

/**
 * Reads the head of a request for JSON calls, as clients send them. Null for any other request, and for one that is to be
 * refused by its head: those are left to Fastify and tRPC's own adapter.
 */
export function readCallHead(request: IncomingMessage, limits: HttpLimits): CallHead | null {
  const { method, url = '', headers } = request;
  if (!url.startsWith(PREFIX) || (method !== 'GET' && method !== 'POST') || !isPlain(headers)) return null;
  const bodyBytes = method === 'GET' ? null : Number(headers['content-length'] ?? Number.NaN);
  if (bodyBytes === null ? headers['content-length'] !== undefined : !(bodyBytes <= limits.bodyBytes))
    return null;

  const end = url.indexOf('?');
  const names = end === -1 ? url.slice(PREFIX.length) : url.slice(PREFIX.length, end);
  if (names.length > MAX_PATH_LENGTH) return null;
  const search = end === -1 ? null : readSearch(url.slice(end + 1));
  if (search?.isOdd === true || (bodyBytes !== null && search?.input != null)) return null;
  const isBatch = search?.isBatch === true;
  const calls = callsOf(isBatch ? names.split(',') : [names], method, limits.batchCalls);
  if (calls === null) return null;
  const isOpen = calls.every(({ path }) => OPEN_PROCEDURES.has(path));
  if (isOpen && (bodyBytes ?? 0) > OPEN_BODY_BYTES) return null;
  return { calls, isBatch, isOpen, bodyBytes, input: search?.input ?? null };
}

/** Whether the headers are those of tRPC's client, as far as an answer depends on them. */
export function isPlain(headers: IncomingMessage['headers']): boolean {
  const type = headers['content-type'];
  return (
    (type === 'application/json' || (type === undefined && headers['content-length'] === undefined)) &&
    headers.cookie === undefined &&
    headers.expect === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['trpc-accept'] === undefined &&
    headers.accept?.includes('jsonl') !== true &&
    headers.host !== undefined &&
    URL.canParse(`http://${headers.host}`)
  );
}

type Search = { isBatch: boolean; input: string | null; isOdd: boolean };

function readSearch(text: string): Search {
  const search = new URLSearchParams(text);
  return {
    isBatch: search.get('batch') === '1',
    input: search.get('input'),
    isOdd: text.includes('#') || search.has('connectionParams'),
  };
}

/** Null where one is unknown, may not be called by this method, or they are too many or of different types. */
function callsOf(paths: readonly string[], method: 'GET' | 'POST', limit: number): Call[] | null {
  if (paths.length > limit) return null;
  const calls: Call[] = [];
  for (const path of paths) {
    const call = plainCalls.get(path);
    if (call === undefined || (method === 'GET' && call.type === 'mutation')) return null;
    if (calls[0] !== undefined && calls[0].type !== call.type) return null;
    calls.push(call);
  }
  return calls;
}
