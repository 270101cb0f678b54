import { Refusal } from '@baton/domain';
import type { AgentId, Role, SignInLinkOptions } from '@baton/schema';
import { actsForAnyone } from './acting-as.ts';
import type { Credential } from './context.ts';
import { forbidden } from './roles.ts';

/** Those who may no more than managers do. */
const grantedByManagers: ReadonlySet<Role> = new Set(['viewer', 'agent', 'manager']);

/**
 * The role and the person that a link gives: without others, the role of who makes it, and nobody yet.
 * @throws TRPCError FORBIDDEN
 */
export function grantOfLink(
  credential: Credential,
  { role = credential.role, agentId: given }: SignInLinkOptions,
): { role: Role; agentId: AgentId | null } {
  const { role: ownRole, agentId: own } = credential;
  const agentId = given ?? null;
  if (ownRole === 'admin') return { role, agentId };
  if (!grantedByManagers.has(role))
    throw forbidden(`${ownRole} signs nobody in as ${role}`, ownRole, ['admin']);
  return { role, agentId: role === 'manager' ? requireItself(credential, agentId ?? own) : agentId };
}

/**
 * A manager that could sign in as another, or as who has not said yet which one, would be anyone.
 * @throws TRPCError FORBIDDEN
 */
function requireItself({ role, agentId: own }: Credential, agentId: AgentId | null): AgentId {
  if (own !== null && own === agentId) return own;
  const message =
    own === null
      ? 'A manager that is bound to no agent signs nobody in as a manager'
      : `A manager signs nobody in as a manager but itself, ${own}`;
  throw forbidden(message, role, ['admin'], { field: 'agentId' });
}

/**
 * Who acts for any agent may change at any time; everyone else is one person, who is picked once.
 * @throws Refusal FORBIDDEN
 */
export function requireMayBecome({ role, agentId: own }: Credential, agentId: AgentId): void {
  if (own === null || own === agentId || actsForAnyone(role)) return;
  const message = `This browser is ${own} for as long as it is signed in, and not ${agentId}`;
  throw new Refusal('FORBIDDEN', message, { role, agentId: own });
}
