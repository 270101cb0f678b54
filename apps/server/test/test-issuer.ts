import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const AUDIENCE = 'https://baton.example/api';

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

/** A company's issuer of OpenID Connect in the test's own process. */
export async function startTestIssuer() {
  let published: SigningKey[] = [await newKey('first')];
  let state: 'up' | 'down' | 'hanging' = 'up';
  /** How often each of its addresses was asked for. */
  const asked = new Map<string, number>();

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
    else answer(request, response);
  }

  const json = (response: ServerResponse, body: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
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
