import { Refusal } from '@baton/domain';
import { AgentId, identifier, Role, TenantId } from '@baton/schema';
import type { OidcOptions } from './oidc-options.ts';

/** As the audit log keeps it. */
const Subject = identifier(200);

/** Who a company's claims say that somebody is. */
export interface Identity {
  /** The company's id of the person or program. */
  subject: string;
  tenantId: TenantId;
  role: Role;
  agentId: AgentId | null;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Who somebody is, by claims that were verified.
 * @throws Refusal UNAUTHORIZED, which says what is missing
 */
export function identityOf(
  claims: Claims,
  { claims: names, tenant, roles }: Pick<OidcOptions, 'claims' | 'tenant' | 'roles'>,
): Identity {
  const subject = Subject.safeParse(claims['sub']);
  if (!subject.success) throw refused('has no subject, or one that is no name of up to 200 characters');
  const tenantId = tenant ?? parsed(TenantId, claimOf(claims, names.tenant), names.tenant, 'a tenant');
  const role = roleOf(claimOf(claims, names.role), names.role, roles);
  const agent = claimOf(claims, names.agent);
  const agentId = agent === undefined ? null : parsed(AgentId, agent, names.agent, 'an agent');
  if (role === 'agent' && agentId === null)
    throw refused(`has the role agent, and names in the claim ${names.agent} no agent that it acts as`);
  return { subject: subject.data, tenantId, role, agentId };
}

/** A claim by its name, else by the path that the name says. An empty one is not there. */
function claimOf(claims: Claims, name: string): unknown {
  let value: unknown = claims;
  for (const key of Object.hasOwn(claims, name) ? [name] : name.split('.'))
    value = isClaims(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value === null || value === '' ? undefined : value;
}

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed<Value>(
  schema: { safeParse(value: unknown): { success: boolean; data?: Value | undefined } },
  value: unknown,
  name: string,
  what: string,
): Value {
  const { data } = schema.safeParse(value);
  if (data === undefined) throw refused(`has no claim ${name} that names ${what} of Baton`);
  return data;
}

/** Of several roles the one that stands last in `Role`. */
function roleOf(value: unknown, name: string, mapping: OidcOptions['roles']): Role {
  const named = new Set<unknown>();
  for (const each of Array.isArray(value) ? value : [value])
    named.add(typeof each === 'string' && mapping !== undefined ? mapping.get(each) : each);
  const role = Role.options.findLast((each) => named.has(each));
  if (role === undefined) throw refused(`has no claim ${name} that stands for a role of Baton`);
  return role;
}

/** @param what goes on behind "the token" */
export function refused(what: string): Refusal {
  return new Refusal('UNAUTHORIZED', `The token ${what}`);
}
