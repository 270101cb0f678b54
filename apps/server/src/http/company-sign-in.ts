import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from '@baton/domain';
import type { Store } from '@baton/repository';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { retryAfterMs } from '@baton/router';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
} from 'openid-client';
import { z } from 'zod';
import { identityOf } from '../oidc/claims.ts';
import type { Issuer } from '../oidc/issuer.ts';
import type { OidcOptions } from '../oidc/oidc-options.ts';
import { verifySignature } from '../oidc/verify-token.ts';
import type { AddressLimits } from './address-limits.ts';
import { browserFamily } from './browser-family.ts';
import { setSessionCookie } from './session-cookie.ts';
import { sendSignInProblem } from './sign-in-page.ts';

/** Where a browser begins, and where its company sends it back to. */
export const COMPANY_SIGN_IN = '/oidc/sign-in';
const CALLBACK = '/oidc/callback';

/** How long a person has to sign in at the company, in seconds. */
const BEGUN_S = 600;

/** What a sign-in was begun with, kept by the browser that began it. */
const Begun = z.strictObject({
  state: z.string().min(20),
  nonce: z.string().min(20),
  verifier: z.string().min(43),
  to: z.string(),
});
type Begun = z.infer<typeof Begun>;

export interface CompanySignInOptions {
  store: Store;
  issuer: Issuer;
  options: Pick<OidcOptions, 'claims' | 'tenant' | 'roles'>;
  /** What the issuer is asked for. */
  scope: string;
  addresses: AddressLimits;
  /** Told of what is not the person's fault. */
  onFault: (cause: unknown, request: FastifyRequest) => void;
}

type Query = { to?: unknown };

/** Serves the two addresses by which a browser signs in with its company. */
export function mountCompanySignIn(app: FastifyInstance, options: CompanySignInOptions): void {
  app.get<{ Querystring: Query }>(COMPANY_SIGN_IN, { exposeHeadRoute: false }, async (request, reply) => {
    const to = localAddress(request.query.to);
    try {
      options.addresses.takeCalls(request.raw, 1, reply.raw);
      return reply.redirect(await begin(request, reply, to, options));
    } catch (error) {
      return sendProblem(request, reply, { error, to }, options);
    }
  });
  app.get(CALLBACK, { exposeHeadRoute: false }, async (request, reply) => {
    const begun = begunBy(request);
    void reply.clearCookie(cookieName(request), COOKIE);
    const to = begun?.to ?? '/';
    try {
      options.addresses.takeCalls(request.raw, 1, reply.raw);
      options.addresses.addressFor(request.raw, reply.raw);
      const secret = await finish(request, begun, options);
      setSessionCookie(reply, secret, options.store.sessionLife.longestMs);
      return await reply.redirect(to, 303);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'UNAUTHORIZED')
        options.addresses.countFailedSignIn(request.raw);
      return sendProblem(request, reply, { error, to }, options);
    }
  });
}

/** The address at the company to which the browser goes. */
async function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  to: string,
  { issuer, scope }: CompanySignInOptions,
): Promise<string> {
  const configuration = await issuer.configuration();
  const begun: Begun = {
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    to,
  };
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: `${originOf(request)}${CALLBACK}`,
    scope,
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
  });
  const value = Buffer.from(JSON.stringify(begun)).toString('base64url');
  void reply.setCookie(cookieName(request), value, { ...COOKIE, maxAge: BEGUN_S });
  return url.href;
}

/**
 * The secret of the session that a browser is given when it comes back from its company.
 * @throws Refusal
 */
async function finish(
  request: FastifyRequest,
  begun: Begun | null,
  { issuer, options, store }: CompanySignInOptions,
): Promise<string> {
  const url = new URL(request.url, originOf(request));
  if (begun === null || !isSame(url.searchParams.get('state') ?? '', begun.state))
    throw new Refusal(
      'UNAUTHORIZED',
      'This sign-in was not begun in this browser, or more than ten minutes ago. Begin again.',
    );
  const refusedBy = url.searchParams.get('error');
  if (refusedBy !== null)
    throw new Refusal('UNAUTHORIZED', `Your company did not sign you in (${refusedBy.slice(0, 100)}).`);
  const { tenantId, ...person } = identityOf(await claimsOf(url, begun, issuer), options);
  const browser = browserFamily(request.headers['user-agent']);
  return store.sessions.openByCompany(tenantId, { ...person, state: begun.state, browser });
}

/** What the company says of a person, in a token that it has signed. @throws Refusal */
async function claimsOf(url: URL, begun: Begun, issuer: Issuer): Promise<Partial<IDToken>> {
  const configuration = await issuer.configuration();
  try {
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      pkceCodeVerifier: begun.verifier,
      idTokenExpected: true,
    });
    await verifySignature(tokens.id_token ?? '', issuer);
    return tokens.claims() ?? {};
  } catch (error) {
    throw error instanceof Refusal ? error : refusalOf(error, issuer);
  }
}

class NotVerified extends Refusal {
  constructor(message: string, cause: unknown) {
    super('UNAUTHORIZED', message);
    this.cause = cause;
  }
}

/** Errors of openid-client by which the issuer cannot be asked. */
const AWAY: ReadonlySet<string | undefined> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

function refusalOf(error: unknown, issuer: Issuer): Refusal {
  if (error instanceof ResponseBodyError) {
    return error.error === 'invalid_grant'
      ? new Refusal('UNAUTHORIZED', 'This sign-in was used already, or took too long. Begin again.')
      : new NotVerified(`Your company's sign-in service refuses Baton itself (${error.error}).`, error);
  }
  const isAway = error instanceof ClientError ? AWAY.has(error.code) : error instanceof TypeError;
  if (isAway) return issuer.unreachable(error);
  return new NotVerified("What your company's sign-in service answered is not what it should be.", error);
}

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { error, to }: { error: unknown; to: string },
  { onFault }: CompanySignInOptions,
): FastifyReply {
  const again = `${COMPANY_SIGN_IN}?to=${encodeURIComponent(to)}`;
  if (!(error instanceof Refusal) || error instanceof NotVerified) onFault(error, request);
  if (!(error instanceof Refusal)) {
    const message = 'Something went wrong. Whoever runs this server finds it in the log.';
    return sendSignInProblem(request, reply, { status: 500, title: 'You are not signed in', message, again });
  }
  const waitMs = retryAfterMs(error);
  if (waitMs !== null) void reply.header('retry-after', Math.ceil(waitMs / 1_000));
  const title = error.code === 'UNAVAILABLE' ? 'Signing in does not work now' : 'You are not signed in';
  return sendSignInProblem(request, reply, { status: statusOf(error), title, message: error.message, again });
}

function statusOf({ code }: Refusal): number {
  if (code === 'UNAVAILABLE') return 503;
  if (code === 'RATE_LIMITED') return 429;
  return code === 'UNAUTHORIZED' ? 401 : 403;
}

/** Lax, because the browser comes back from another site. */
const COOKIE = { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto' } as const;

/** By HTTPS the name keeps other hosts of the domain from setting it. */
const cookieName = ({ protocol }: FastifyRequest) =>
  protocol === 'https' ? '__Host-baton_oidc' : 'baton_oidc';

function begunBy(request: FastifyRequest): Begun | null {
  const value = request.cookies[cookieName(request)];
  if (value === undefined) return null;
  try {
    return Begun.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data ?? null;
  } catch {
    return null;
  }
}

function originOf({ protocol, host }: FastifyRequest): string {
  const url = URL.parse(`${protocol}://${host}`);
  if (url === null) throw new Refusal('INVALID_INPUT', 'The request names no host, or none that can be read');
  return url.origin;
}

/** An address of this server; of any other, and of none, its root. */
function localAddress(to: unknown): string {
  const base = 'http://baton.invalid';
  const url = typeof to === 'string' && to.startsWith('/') ? URL.parse(to, base) : null;
  return url?.origin === base ? `${url.pathname}${url.search}${url.hash}` : '/';
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
