import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import { type Context, type Credential, OPEN_PROCEDURES } from '@baton/router';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AddressLimits } from './address-limits.ts';
import { type BodyBudget, placeUntilClosed } from './body-budget.ts';
import { type BodyRules, brokenOff, noRoom, requireModest, tooLarge } from './body.ts';
import { isCommand, isSubscription } from './call-head.ts';
import type { Contexts } from './context.ts';
import type { CredentialLimits } from './credential-limits.ts';
import { RequestRefusal } from './request-refusal.ts';
import type { SlowBodies } from './slow-bodies.ts';
import { type HttpLimits, OPEN_BODY_BYTES } from './limits.ts';
import { type RateHeaders, setRateHeaders } from './rate-limit.ts';

/** A request that may go on. */
export interface Admitted {
  context: Context;
  body: BodyRules;
}

export interface AdmissionOptions {
  contexts: Contexts;
  limits: HttpLimits;
  budget: BodyBudget;
  slow: SlowBodies;
  credentials: CredentialLimits;
  addresses: AddressLimits;
}

/** What is asked whether it may be done now. */
export interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  context: Context;
  /** Whether one of its calls changes something. */
  hasCommands: boolean;
}

/**
 * Decides by a request's head whether it may go on, before any of its body is read: what it asks for, whose it is,
 * how large it is.
 * @throws Refusal
 */
export async function admit(
  request: FastifyRequest<{ Params: { path: string } }>,
  reply: FastifyReply,
  options: AdmissionOptions,
): Promise<Admitted> {
  const { contexts, limits, budget, slow } = options;
  const search = searchOf(request);
  const isBatch = search.get('batch') === '1';
  const calls = callsOf(request.params.path, isBatch);
  if (calls.length > limits.batchCalls) {
    throw new Refusal('INVALID_INPUT', `A batch has at most ${limits.batchCalls} calls`);
  }
  const isOpen = calls.every((call) => OPEN_PROCEDURES.has(call));
  requireMethod(request, isOpen);
  requireHost(request);
  const rules = { shape: limits, isBatch, slow };
  const input = search.get('input');
  if (input !== null) requireModest(input, rules);

  const context = contexts.ofRequest(request, reply, calls.length);
  const open: BodyRules = { ...rules, maxBytes: OPEN_BODY_BYTES, place: null };
  const hasCommands = calls.some((call) => isCommand(call));
  const asked: Asked = { request: request.raw, response: reply.raw, context, hasCommands };
  const credential = isOpen ? null : await context.authenticate();
  if (credential === null) admitStranger(asked, calls, options);
  else {
    const caller = admitCaller(asked, credential, options);
    setRateHeaders(reply.raw, caller.rate);
    // One that is closed already emits no other `close`.
    if (reply.raw.destroyed) throw brokenOff();
    const end = calls.some((call) => isSubscription(call)) ? caller.openFeed() : caller.startCalls();
    reply.raw.once('close', end);
  }
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

/** A caller who may send one more request. */
export interface Caller {
  rate: RateHeaders;
  /** Counts the request's calls as running, until what is returned is called. */
  startCalls: () => () => void;
  /** Counts one more open feed, until what is returned is called. */
  openFeed: () => () => void;
}

/**
 * @throws Refusal RATE_LIMITED where the credential makes too many calls, or too many calls or commands of the tenant wait;
 * UNAVAILABLE where too many of all do
 */
export function admitCaller(
  { response, context, hasCommands }: Asked,
  credential: Credential,
  { credentials }: Pick<AdmissionOptions, 'credentials'>,
): Caller {
  const { calls, store } = context;
  const rate = credentials.takeCalls(credential, calls, response);
  store.requireRoom(credential.tenantId, { hasCommands });
  return {
    rate,
    startCalls: () => credentials.startCalls(credential, calls),
    openFeed: () => credentials.openFeed(credential),
  };
}

/** A balancer must hear how the server is, whatever strangers who share its address do. */
const UNCOUNTED: ReadonlySet<string> = new Set(['admin.health', 'admin.ready']);

/** @throws Refusal RATE_LIMITED where the address makes too many calls without a valid credential */
export function admitStranger(
  { request, response }: Asked,
  calls: readonly string[],
  { addresses }: Pick<AdmissionOptions, 'addresses'>,
): void {
  const [first = ''] = calls;
  if (calls.length === 1 && UNCOUNTED.has(first)) return;
  addresses.takeCalls(request, calls.length, response);
  if (calls.includes(SIGN_IN)) addresses.addressFor(request, response);
}

/** The open procedure that takes a secret. */
export const SIGN_IN = 'session.signIn';

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
