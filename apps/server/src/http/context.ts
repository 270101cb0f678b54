import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import type { Store } from '@baton/repository';
import { BatchAnswers, type Context, type Credential, type EndedCall } from '@baton/router';
import type { TenantId } from '@baton/schema';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AddressLimits } from './address-limits.ts';
import type { Authentication } from './authentication.ts';
import type { Observability } from '../observe/observability.ts';
import type { ReportFault } from './errors.ts';
import { browserFamily } from './browser-family.ts';
import { requestIdOf } from './request-id.ts';
import { clearSessionCookie, SESSION_COOKIE, setSessionCookie } from './session-cookie.ts';

export interface ContextOptions extends Pick<
  Context,
  'readiness' | 'limitsOf' | 'validatesAnswers' | 'companySignIn'
> {
  report: ReportFault;
  store: Store;
  /** Follows a call. */
  openSpan?: Observability['openSpan'] | undefined;
  /** Told of each call, with the id of its request. */
  onCall?: ((call: EndedCall, requestId: string | undefined) => void) | undefined;
  /** Bytes of the answers to the queries of one request, unless one alone has more. */
  answerBytes: number;
  authentication: Authentication;
  /** Bounds the wrong credentials of an address. */
  addresses: AddressLimits;
  /** When the server began, as `performance.now()` had it. */
  startedAt: number;
}

/** Make the context of a request's procedures. */
export interface Contexts {
  /** Of any request: its key, or its session's cookie. */
  ofRequest(request: FastifyRequest, reply: FastifyReply, calls: number): Context;
  /** Of one without cookies, for procedures that set none. */
  ofKey(request: IncomingMessage, response: ServerResponse, calls: number): Context;
}

export function createContexts({
  store,
  authentication,
  addresses,
  readiness,
  limitsOf,
  report,
  startedAt,
  validatesAnswers,
  answerBytes,
  onCall,
  openSpan,
  companySignIn,
}: ContextOptions): Contexts {
  const watchCredential: Context['watchCredential'] = (watched, onEnded) =>
    authentication.watch(watched, onEnded);
  const takeTurn = (tenantId: TenantId) => store.turns.take(tenantId);

  function contextOf(
    { request, response, secret }: Carried,
    calls: number,
    setSession: Context['setSession'],
  ): Context {
    const findCredential = async () => {
      const { authorization } = request.headers;
      if (authorization === undefined && secret === undefined) return null;
      // Asked for only where the credential is not known yet.
      let address: string | undefined;
      const from = () => (address = addresses.addressFor(request, response));
      const countFailure = () => {
        if (address !== undefined) addresses.countFailure(address, `${authorization} ${secret}`);
      };
      let found: Credential | null;
      try {
        found =
          (await authentication.credentialOfKey(authorization, from)) ??
          (await authentication.credentialOfToken(authorization, from)) ??
          (await authentication.credentialOfSession(secret, from));
      } catch (error) {
        if (error instanceof Refusal && error.code === 'UNAUTHORIZED') {
          countFailure();
          // It is refused here, and so not counted among the calls of strangers.
          addresses.takeCalls(request, calls, response);
        }
        throw error;
      }
      if (found === null) countFailure();
      return found;
    };
    let credential: ReturnType<typeof findCredential> | undefined;
    return {
      store,
      readiness,
      limitsOf,
      receivedAt: performance.now(),
      calls,
      answers: calls > 1 ? new BatchAnswers(answerBytes) : null,
      report: (errorId, cause) => report(errorId, cause, requestIdOf(request)),
      startedAt,
      validatesAnswers,
      onCall: onCall && ((call) => onCall(call, requestIdOf(request))),
      openSpan: openSpan && ((path) => openSpan(path, request, requestIdOf(request))),
      authenticate: () => (credential ??= findCredential()),
      forgetCredential: () => (credential = undefined),
      address: () => addresses.of(request),
      browser: () => browserFamily(request.headers['user-agent']),
      companySignIn,
      takeTurn,
      watchCredential,
      setSession,
    };
  }

  return {
    ofRequest(request, reply, calls) {
      const secret = isSameOrigin(request) ? request.cookies[SESSION_COOKIE] : undefined;
      // Any mutation may change the session itself, so the calls after it look it up again.
      if (secret !== undefined && request.method !== 'GET') {
        authentication.forgetSession(secret);
        reply.raw.once('close', () => authentication.forgetSession(secret));
      }
      return contextOf({ request: request.raw, response: reply.raw, secret }, calls, (next) => {
        if (next === null) clearSessionCookie(reply);
        else setSessionCookie(reply, next, store.sessionLife.longestMs);
      });
    },
    ofKey: (request, response, calls) =>
      contextOf({ request, response, secret: undefined }, calls, refuseToSetSession),
  };
}

type Carried = { request: IncomingMessage; response: ServerResponse; secret: string | undefined };

function refuseToSetSession(): never {
  throw new Error('This request is served without cookies');
}

/**
 * Whether a request comes from a page of this server: only there does the cookie count. Host and protocol are those
 * that a trusted proxy was asked for. A page that came by plain HTTP is another one than that of HTTPS.
 */
function isSameOrigin({ headers, protocol, host }: FastifyRequest): boolean {
  if (headers.origin === undefined) return true;
  const page = URL.parse(headers.origin);
  if (page === null || page.host !== URL.parse(`${protocol}://${host}`)?.host) return false;
  // A proxy that is not trusted may have ended TLS.
  return protocol !== 'https' || page.protocol === 'https:';
}
