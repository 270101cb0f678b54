import type { Role, TenantId } from '@baton/schema';

/** The claims that say who somebody is: a name, or a path such as `realm_access.roles`. */
export interface ClaimNames {
  tenant: string;
  role: string;
  agent: string;
}

/** A company's issuer of OpenID Connect, and how it is understood. */
export interface OidcOptions {
  /** As its tokens name it. */
  issuer: string;
  /** Whom tokens are for that open the API; without it none do. */
  audience?: string | undefined;
  /** The console at the issuer; without it nobody signs in by it. */
  client?: { id: string; secret?: string | undefined; scope: string } | undefined;
  /** Everybody's tenant; without it a claim names it. */
  tenant?: TenantId | undefined;
  claims: ClaimNames;
  /** Roles of the company and Baton's for them; without any they have the same names. */
  roles?: ReadonlyMap<string, Role> | undefined;
  /** How soon after its keys were read an unknown key has them read again, in milliseconds; 30,000 by default. */
  keysCooldownMs?: number;
  /** How long an issuer that has failed is left alone, in milliseconds; 5,000 by default. */
  retryAfterMs?: number;
  /** How long it has to answer, in milliseconds; 5,000 by default. */
  timeoutMs?: number;
}

/** Of an issuer whose tokens open the API. */
export type TokenOptions = OidcOptions & { audience: string };

export const DEFAULT_CLAIMS: ClaimNames = {
  tenant: 'baton_tenant',
  role: 'baton_role',
  agent: 'baton_agent',
};
