import { SESSION_MS, type Store } from '@baton/repository';
import { BatchAnswers, type Context } from '@baton/router';
import type { TenantId } from '@baton/schema';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from './authentication.ts';

const SESSION_COOKIE = 'baton_session';
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' } as const;

export interface ContextOptions extends Pick<Context, 'readiness' | 'report' | 'validatesAnswers'> {
  store: Store;
  /** Bytes of the answers to the queries of one request, unless one alone has more. */
  answerBytes: number;
  authentication: Authentication;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** Make the context of a request's procedures. */
export interface Contexts {
  /** Of any request: its key, or its session's cookie. */
  ofRequest(request: FastifyRequest, reply: FastifyReply, calls: number): Context;
  /** Of one without cookies, for procedures that set none. */
  ofKey(authorization: string | undefined, calls: number): Context;
}

export function createContexts({
  store,
  authentication,
  readiness,
  report,
  startedAt,
  validatesAnswers,
  answerBytes,
}: ContextOptions): Contexts {
  const watchCredential: Context['watchCredential'] = (watched, onEnded) =>
    authentication.watch(watched, onEnded);
  const takeTurn = (tenantId: TenantId) => store.turns.take(tenantId);

  function contextOf(
    { authorization, secret }: Credentials,
    calls: number,
    setSession: Context['setSession'],
  ): Context {
    const findCredential = async () =>
      (await authentication.credentialOfKey(authorization)) ??
      (await authentication.credentialOfSession(secret));
    let credential: ReturnType<typeof findCredential> | undefined;
    return {
      store,
      readiness,
      receivedAt: performance.now(),
      calls,
      answers: calls > 1 ? new BatchAnswers(answerBytes) : null,
      report,
      startedAt,
      validatesAnswers,
      authenticate: () => (credential ??= findCredential()),
      takeTurn,
      watchCredential,
      setSession,
    };
  }

  return {
    ofRequest(request, reply, calls) {
      const { authorization } = request.headers;
      const secret = isSameOrigin(request) ? request.cookies[SESSION_COOKIE] : undefined;
      // Any mutation may change the session itself, so the calls after it look it up again.
      if (secret !== undefined && request.method !== 'GET') {
        authentication.forgetSession(secret);
        reply.raw.once('close', () => authentication.forgetSession(secret));
      }
      return contextOf({ authorization, secret }, calls, (next) => {
        if (next === null) void reply.clearCookie(SESSION_COOKIE, COOKIE);
        else void reply.setCookie(SESSION_COOKIE, next, { ...COOKIE, maxAge: SESSION_MS / 1_000 });
      });
    },
    ofKey: (authorization, calls) =>
      contextOf({ authorization, secret: undefined }, calls, refuseToSetSession),
  };
}

type Credentials = { authorization: string | undefined; secret: string | undefined };

function refuseToSetSession(): never {
  throw new Error('This request is served without cookies');
}

/**
 * Whether a request comes from a page of this server: only there does the cookie count. Host and protocol are those
 * that a trusted proxy was asked for.
 */
function isSameOrigin({ headers, protocol, host }: FastifyRequest): boolean {
  if (headers.origin === undefined) return true;
  const page = URL.parse(headers.origin);
  return page !== null && page.host === URL.parse(`${protocol}://${host}`)?.host;
}
