import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const AUDIENCE = 'https://baton.example/api';
export const CLIENT_ID = 'baton-console';
export const CLIENT_SECRET = 'a secret: of the console';

type Algorithm = 'ES256' | 'RS256';
type SigningKey = Awaited<ReturnType<typeof newKey>>;

async function newKey(kid: string, alg: Algorithm = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export type TokenOptions = {
  key?: Omit<SigningKey, 'kid'> & { kid: string | undefined };
  issuer?: string;
  audience?: string | null;
  /** Seconds from now. */
  expiresIn?: number | null;
  notBefore?: number;
  subject?: string | null;
};

const seconds = () => Date.now() / 1_000;

/** As the two parts of client_secret_basic are encoded. */
const formDecoded = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));

/** A company's issuer of OpenID Connect in the test's own process. */
export async function startTestIssuer() {
  let published: SigningKey[] = [await newKey('first')];
  let state: 'up' | 'down' | 'hanging' = 'up';
  /** How often each of its addresses was asked for. */
  const asked = new Map<string, number>();

  /** The codes that were given and not taken, with what they were asked for with. */
  const codes = new Map<string, { challenge: string; nonce: string; redirectUri: string }>();
  /** Who signs in next, what is said beside it, and what goes wrong. */
  let person: { claims: JWTPayload; options: TokenOptions; refusal?: string } = { claims: {}, options: {} };

  function authorize(request: IncomingMessage, response: ServerResponse): void {
    const query = new URL(request.url ?? '', url).searchParams;
    const redirectUri = query.get('redirect_uri') ?? '';
    const back = new URL(redirectUri);
    back.searchParams.set('state', query.get('state') ?? '');
    if (person.refusal !== undefined) back.searchParams.set('error', person.refusal);
    else {
      const code = `code-${codes.size}-${Math.random()}`;
      const [challenge, nonce] = [query.get('code_challenge') ?? '', query.get('nonce') ?? ''];
      if (query.get('code_challenge_method') !== 'S256' || query.get('client_id') !== CLIENT_ID)
        throw new Error('Another request for a code was expected');
      codes.set(code, { challenge, nonce, redirectUri });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  async function giveTokens(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const query = new URLSearchParams(body);
    const code = query.get('code') ?? '';
    const given = codes.get(code);
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(query.get('code_verifier') ?? '')
      .digest('base64url');
    const [, basic = ''] = request.headers.authorization?.split(' ') ?? [];
    const [id, secret] = Buffer.from(basic, 'base64').toString().split(':').map(formDecoded);
    if (id !== CLIENT_ID || secret !== CLIENT_SECRET) {
      json(response, { error: 'invalid_client' }, 401);
    } else if (given?.challenge !== challenge || given.redirectUri !== query.get('redirect_uri')) {
      json(response, { error: 'invalid_grant' }, 400);
    } else {
      const claims = { nonce: given.nonce, baton_role: 'viewer', ...person.claims };
      const id_token = await token(claims, { audience: CLIENT_ID, ...person.options });
      json(response, { access_token: 'opaque', token_type: 'bearer', id_token });
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', url);
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
    if (state === 'hanging') return;
    if (state === 'down') {
      response.writeHead(503).end();
      return;
    }
    const answer = answers[pathname];
    if (answer === undefined) response.writeHead(404).end();
    else await answer(request, response);
  }

  const json = (response: ServerResponse, body: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    '/.well-known/openid-configuration': (_request, response) =>
      json(response, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256', 'RS256'],
      }),
    '/authorize': authorize,
    '/token': giveTokens,
    '/keys': (_request, response) => json(response, { keys: published.map(({ jwk }) => jwk) }),
  };

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server always has an address of this form.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function token(claims: JWTPayload = {}, options: TokenOptions = {}): Promise<string> {
    const [current] = published;
    const key = options.key ?? current;
    if (key === undefined) throw new Error('The issuer has no key');
    const { issuer = url, audience = AUDIENCE, expiresIn = 300, notBefore, subject = 'user-1' } = options;
    const jwt = new SignJWT({ baton_tenant: 'acme', baton_role: 'app', ...claims })
      .setProtectedHeader({ alg: key.alg, ...(key.kid !== undefined && { kid: key.kid }) })
      .setIssuer(issuer)
      .setIssuedAt();
    if (audience !== null) jwt.setAudience(audience);
    if (subject !== null) jwt.setSubject(subject);
    if (expiresIn !== null) jwt.setExpirationTime(seconds() + expiresIn);
    if (notBefore !== undefined) jwt.setNotBefore(seconds() + notBefore);
    return jwt.sign(key.privateKey);
  }

  return {
    url,
    token,
    newKey,
    /** Who signs in next. */
    signsIn: (claims: JWTPayload, options: TokenOptions = {}) => (person = { claims, options }),
    /** It refuses whoever signs in next. */
    refuses: (refusal: string) => (person = { claims: {}, options: {}, refusal }),
    asked: (path: string) => asked.get(path) ?? 0,
    /** From now on it has these keys alone. */
    publish: (...keys: SigningKey[]) => (published = keys),
    get key(): SigningKey {
      const [first] = published;
      if (first === undefined) throw new Error('The issuer has no key');
      return first;
    },
    goDown: () => (state = 'down'),
    /** It takes requests and does not answer. */
    hang: () => (state = 'hanging'),
    comeBack: () => (state = 'up'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
