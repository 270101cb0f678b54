import { Refusal } from '@baton/domain';
import type { AgentId, AuditActor, Role, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { appendAudit } from '../audit/append.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { inTransaction } from '../connection/transaction.ts';
import type { Collections } from '../schema/open-collections.ts';
import { standingsOf } from './named-by-token.ts';
import { requireAgentOfRole, roleFieldsOf } from './role-of-rights.ts';
import { hashOfSecret, insertGrant } from './session.ts';
import { insertSignIn } from './sign-ins.ts';

/** Whom a company has signed in. */
export type SignedInByCompany = {
  tenantId: TenantId;
  role: Role;
  agentId: AgentId | null;
  /** The company's id of the person. */
  subject: string;
  /** What the sign-in was begun with: it opens one session. */
  state: string;
  /** The browser's family and its system. */
  browser: string | null;
};

/**
 * Opens a session for a browser whose person the company has signed in. Returns its secret.
 * @throws Refusal UNAUTHORIZED where the sign-in was used already or names a tenant that is not there, TENANT_SUSPENDED,
 * UNKNOWN_AGENT, FORBIDDEN for an agent that is no person, INVALID_INPUT for an `agent` that is nobody
 */
export async function openCompanySession(
  collections: Collections,
  tenantId: TenantId,
  person: Omit<SignedInByCompany, 'tenantId'>,
): Promise<string> {
  requireAgentOfRole(person.role, person.agentId);
  try {
    return await inTransaction(collections.db.client, (transaction) =>
      open(collections, { ...person, tenantId }, transaction),
    );
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Refusal('UNAUTHORIZED', 'This sign-in was used already: begin again');
  }
}

async function open(
  collections: Collections,
  { tenantId, role, agentId, subject, state, browser }: SignedInByCompany,
  transaction: ClientSession,
): Promise<string> {
  await requireStanding(collections, { tenantId, agentId }, transaction);
  const granted = { tenantId, ...roleFieldsOf(role), agentId, kind: 'session' } as const;
  const { longestMs } = collections.sessionLife;
  const { _id, secret, expiresAt } = await insertGrant(collections, granted, longestMs, transaction);
  const signIn = { _id, tenantId, browser, subject, state: hashOfSecret(state), expiresAt };
  await insertSignIn(collections, signIn, transaction);
  const by: AuditActor = { kind: 'session', id: _id, agentId };
  const event = { tenantId, action: 'session.signIn', by, target: _id } as const;
  await appendAudit(collections, { ...event, details: { subject, role, agentId } }, transaction);
  return secret;
}

async function requireStanding(
  collections: Collections,
  named: { tenantId: TenantId; agentId: AgentId | null },
  transaction: ClientSession,
): Promise<void> {
  const { tenantId, agentId } = named;
  const [standing] = await standingsOf(collections, [named], transaction);
  if (standing === undefined || standing.tenant === 'unknown')
    throw new Refusal('UNAUTHORIZED', `Your company names the tenant ${tenantId}, which is not there`);
  if (standing.tenant === 'suspended')
    throw new Refusal('TENANT_SUSPENDED', 'This tenant is suspended: ask whoever runs this server');
  if (agentId === null) return;
  if (standing.agentKind === null)
    throw new Refusal(
      'UNKNOWN_AGENT',
      `Your company says that you are ${agentId}, and no such agent is registered`,
    );
  if (standing.agentKind !== 'human')
    throw new Refusal(
      'FORBIDDEN',
      `Your company says that you are ${agentId}, which is ${standing.agentKind} and not a person`,
    );
}
