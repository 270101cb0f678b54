import { Refusal } from '@baton/domain';
import { type Context, type Credential, OPEN_PROCEDURES } from '@baton/router';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BodyBudget, placeUntilClosed } from './body-budget.ts';
import { type BodyRules, brokenOff, noRoom, requireModest, tooLarge } from './body.ts';
import { isCommand } from './call-head.ts';
import type { Contexts } from './context.ts';
import { RequestRefusal } from './errors.ts';
import { type HttpLimits, OPEN_BODY_BYTES } from './limits.ts';

/** A request that may go on. */
export interface Admitted {
  context: Context;
  body: BodyRules;
}

export interface AdmissionOptions {
  contexts: Contexts;
  limits: HttpLimits;
  budget: BodyBudget;
}

/**
 * Decides by a request's head whether it may go on, before any of its body is read: what it asks for, whose it is,
 * how large it is.
 * @throws Refusal
 */
export async function admit(
  request: FastifyRequest<{ Params: { path: string } }>,
  reply: FastifyReply,
  { contexts, limits, budget }: AdmissionOptions,
): Promise<Admitted> {
  const search = searchOf(request);
  const isBatch = search.get('batch') === '1';
  const calls = callsOf(request.params.path, isBatch);
  if (calls.length > limits.batchCalls) {
    throw new Refusal('INVALID_INPUT', `A batch has at most ${limits.batchCalls} calls`);
  }
  const isOpen = calls.every((call) => OPEN_PROCEDURES.has(call));
  requireMethod(request, isOpen);
  requireHost(request);
  const rules = { shape: limits, isBatch };
  const input = search.get('input');
  if (input !== null) requireModest(input, rules);

  const context = contexts.ofRequest(request, reply, calls.length);
  const open: BodyRules = { ...rules, maxBytes: OPEN_BODY_BYTES, place: null };
  const hasCommands = calls.some((call) => isCommand(call));
  const credential = isOpen ? null : await admitCaller(context, { hasCommands });
  if (request.method !== 'POST') return { context, body: open };
  const declared = Number(request.headers['content-length'] ?? 0);
  if (isOpen) {
    if (declared > OPEN_BODY_BYTES) throw tooLarge(OPEN_BODY_BYTES);
    return { context, body: open };
  }
  if (credential === null) {
    throw new Refusal('UNAUTHORIZED', 'Send a valid API key: Authorization: Bearer <key>');
  }
  if (declared > limits.bodyBytes) throw tooLarge(limits.bodyBytes);
  if (reply.raw.destroyed) throw brokenOff();
  const place = placeUntilClosed(reply.raw, budget, credential.tenantId, declared);
  if (place === null) throw noRoom();
  return { context, body: { ...rules, maxBytes: limits.bodyBytes, place } };
}

/**
 * The credential of a caller who may send one more request; null where nobody is known.
 * @throws Refusal RATE_LIMITED where too many calls or commands of the tenant wait, UNAVAILABLE where too many of all do
 */
export async function admitCaller(
  context: Context,
  { hasCommands }: { hasCommands: boolean },
): Promise<Credential | null> {
  const credential = await context.authenticate();
  if (credential !== null) context.store.requireRoom(credential.tenantId, { hasCommands });
  return credential;
}

/** What stands behind the question mark, read as tRPC reads it. */
function searchOf({ url }: FastifyRequest): URLSearchParams {
  const parsed = URL.parse(url, 'http://baton');
  if (parsed === null) throw new Refusal('INVALID_INPUT', 'The address cannot be read');
  return parsed.searchParams;
}

/** The procedures that a path names; tRPC decodes it once more than the router does. */
function callsOf(path: string, isBatch: boolean): string[] {
  let names: string;
  try {
    names = decodeURIComponent(path);
  } catch {
    throw new Refusal('INVALID_INPUT', 'The address cannot be read');
  }
  return isBatch ? names.split(',') : [names];
}

/** HEAD asks how the server is, as many load balancers do: it is answered as GET, without the body. */
function requireMethod({ raw }: FastifyRequest, isOpen: boolean): void {
  if (raw.method === 'GET' || raw.method === 'POST') return;
  if (raw.method !== 'HEAD' || !isOpen) {
    throw new RequestRefusal(405, 'INVALID_INPUT', 'Procedures are called by GET or POST');
  }
  raw.method = 'GET';
}

/** Node's own check is off, because its answer is empty. */
function requireHost({ headers, raw }: FastifyRequest): void {
  const isMissing = headers.host === undefined && raw.httpVersionMinor > 0;
  if (!isMissing && URL.canParse(`http://${headers.host ?? 'localhost'}`)) return;
  throw new Refusal('INVALID_INPUT', 'The request names no host, or none that can be read');
}
