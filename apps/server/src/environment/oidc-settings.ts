import { Role, TenantId } from '@baton/schema';
import { z } from 'zod';
import { DEFAULT_CLAIMS, type OidcOptions } from '../oidc/oidc-options.ts';
import { setting } from './setting.ts';

/** Names of the machine itself, which nobody else can listen to. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const issuer = setting('an address with https, such as https://login.example.com', (text) => {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  return url !== null && isSafe && url.search === '' && url.hash === '' && url.username === '' ? text : null;
});

const tenant = setting('the name of a tenant', (text) => TenantId.safeParse(text).data ?? null);

const claim = setting('the name of a claim, or a path such as realm_access.roles', (text) =>
  /^\S{1,200}$/.test(text) ? text : null,
);

/** `boss=admin,staff=agent`; a company's own names may have any characters but these two. */
const roles = setting(
  `roles of the company and Baton's (${Role.options.join(', ')}) for them, such as boss=admin,staff=agent`,
  (text): Map<string, Role> | null => {
    const mapping = new Map<string, Role>();
    for (const pair of text.split(',')) {
      const [, theirs = '', ours] = /^([^=]+)=([^=]+)$/.exec(pair.trim()) ?? [];
      const role = Role.safeParse(ours?.trim()).data;
      if (role === undefined || mapping.has(theirs.trim())) return null;
      mapping.set(theirs.trim(), role);
    }
    return mapping;
  },
);

/** A company's sign-in by OpenID Connect. */
export const oidcSettings = {
  BATON_OIDC_ISSUER: issuer.optional(),
  BATON_OIDC_AUDIENCE: z.string().optional(),
  BATON_OIDC_CLIENT_ID: z.string().optional(),
  BATON_OIDC_CLIENT_SECRET: z.string().optional(),
  BATON_OIDC_SCOPE: setting('scopes with openid among them', (text) =>
    text.split(' ').includes('openid') ? text : null,
  ).default('openid'),
  BATON_OIDC_TENANT: tenant.optional(),
  BATON_OIDC_TENANT_CLAIM: claim.default(DEFAULT_CLAIMS.tenant),
  BATON_OIDC_ROLE_CLAIM: claim.default(DEFAULT_CLAIMS.role),
  BATON_OIDC_AGENT_CLAIM: claim.default(DEFAULT_CLAIMS.agent),
  BATON_OIDC_ROLES: roles.optional(),
};

const object = z.object(oidcSettings);
type OidcSettings = z.infer<typeof object>;

/** What is wrong with them together. */
export function checkOidcSettings(
  settings: OidcSettings,
  addIssue: (name: string, message: string) => void,
): void {
  const { BATON_OIDC_ISSUER, BATON_OIDC_AUDIENCE, BATON_OIDC_CLIENT_ID } = settings;
  if (BATON_OIDC_ISSUER === undefined) {
    for (const name of ['BATON_OIDC_AUDIENCE', 'BATON_OIDC_CLIENT_ID', 'BATON_OIDC_CLIENT_SECRET'] as const)
      if (settings[name] !== undefined) addIssue('BATON_OIDC_ISSUER', `Set it too: ${name} is of an issuer`);
    return;
  }
  if (BATON_OIDC_AUDIENCE === undefined && BATON_OIDC_CLIENT_ID === undefined) {
    const message =
      'Set BATON_OIDC_CLIENT_ID for people at the console, BATON_OIDC_AUDIENCE for tokens, or both';
    addIssue('BATON_OIDC_ISSUER', message);
  }
  if (settings.BATON_OIDC_CLIENT_SECRET !== undefined && BATON_OIDC_CLIENT_ID === undefined)
    addIssue('BATON_OIDC_CLIENT_ID', 'Set it too: BATON_OIDC_CLIENT_SECRET is its secret');
}

export function oidcOptionsOf(settings: OidcSettings): OidcOptions | undefined {
  const { BATON_OIDC_ISSUER, BATON_OIDC_CLIENT_ID } = settings;
  if (BATON_OIDC_ISSUER === undefined) return undefined;
  return {
    issuer: BATON_OIDC_ISSUER,
    audience: settings.BATON_OIDC_AUDIENCE,
    client:
      BATON_OIDC_CLIENT_ID === undefined
        ? undefined
        : {
            id: BATON_OIDC_CLIENT_ID,
            secret: settings.BATON_OIDC_CLIENT_SECRET,
            scope: settings.BATON_OIDC_SCOPE,
          },
    tenant: settings.BATON_OIDC_TENANT,
    claims: {
      tenant: settings.BATON_OIDC_TENANT_CLAIM,
      role: settings.BATON_OIDC_ROLE_CLAIM,
      agent: settings.BATON_OIDC_AGENT_CLAIM,
    },
    roles: settings.BATON_OIDC_ROLES,
  };
}
