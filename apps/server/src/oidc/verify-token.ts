import { Refusal } from '@baton/domain';
import { compactVerify, errors, type JWTPayload, jwtVerify } from 'jose';
import { type Identity, identityOf, refused } from './claims.ts';
import type { Issuer } from './issuer.ts';
import type { TokenOptions } from './oidc-options.ts';

/** Signatures by a key that only the issuer has; never a shared secret, and never none. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 Ed25519 EdDSA'.split(' ');
/** How far the issuer's clock may be ahead, in seconds; a token ends when it says. */
const AHEAD_S = 10;
const MAX_TOKEN_LENGTH = 16_384;

/** A token that is good until it expires. */
export interface VerifiedToken extends Identity {
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Whether it looks like a JWT. */
export function isToken(text: string): boolean {
  return text.length <= MAX_TOKEN_LENGTH && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}

/**
 * Whose a company's JWT is.
 * @param now milliseconds since 1970
 * @throws Refusal UNAUTHORIZED, which says why; UNAVAILABLE where the issuer cannot be asked for its keys
 */
export async function verifyToken(
  token: string,
  { issuer, options, now }: { issuer: Issuer; options: TokenOptions; now: number },
): Promise<VerifiedToken> {
  const claims = await verifiedClaims(token, { issuer, options, now });
  // Required, and a number: jose has looked.
  const expiresAt = Number(claims.exp) * 1_000;
  if (expiresAt <= now) throw expired();
  return { ...identityOf(claims, options), expiresAt };
}

async function verifiedClaims(
  token: string,
  { issuer, options, now }: { issuer: Issuer; options: TokenOptions; now: number },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, issuer.keyOf, {
      issuer: options.issuer,
      audience: options.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: AHEAD_S,
      currentDate: new Date(now),
    });
    return payload;
  } catch (error) {
    throw error instanceof Refusal ? error : refusalOf(error);
  }
}

/**
 * Whether the issuer has signed a token, whatever it says.
 * @throws Refusal UNAVAILABLE where the issuer cannot be asked for its keys, else an error of jose
 */
export async function verifySignature(token: string, issuer: Issuer): Promise<void> {
  await compactVerify(token, issuer.keyOf, { algorithms: ALGORITHMS });
}

export function expired(): Refusal {
  return refused('has expired');
}

/** Says what is wrong with a token, and nothing of what is in it. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return expired();
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (claim === 'nbf' && reason === 'check_failed') return refused('is not valid yet');
    return refused(`has no claim ${claim}, or another one than is expected`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('is signed in a way that is not allowed');
  if (error instanceof errors.JWKSNoMatchingKey)
    return refused('is signed by a key that its issuer does not have');
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return refused('does not say (kid) which key of its issuer has signed it');
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('has a signature that is wrong');
  return refused('cannot be read');
}
