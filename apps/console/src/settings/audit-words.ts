import { AuditAction, type AuditRecord } from '@baton/schema';

export const auditLabels: Record<AuditAction, string> = {
  'apiKeys.create': 'Made an API key',
  'apiKeys.revoke': 'Revoked an API key',
  'apiKeys.rotate': 'Gave an API key a new secret',
  'session.createLink': 'Made a sign-in link',
  'session.signIn': 'Signed in',
  'session.actAs': 'Chose a name in the console',
  'session.signOut': 'Signed out',
  'sessions.revoke': 'Ended a session',
  'agents.register': 'Registered an agent',
  'agents.update': 'Changed an agent',
  'agents.restore': 'Restored an agent',
  'tenant.update': 'Changed the business hours',
  'tenants.create': 'Created the tenant',
  'tenants.suspend': 'Suspended the tenant',
  'tenants.resume': 'Opened the tenant again',
  'conversations.force': 'Forced a move',
  'conversations.actFor': 'Acted for another agent',
  'handoffs.reassign': 'Moved the open conversations of',
  'conversations.export': 'Exported conversations',
  'privacy.exportContact': 'Exported a contact',
  'privacy.eraseContact': 'Erased a contact',
  'privacy.setRetention': 'Changed after how many days is erased',
  'privacy.runRetention': 'Erased what was past the limit',
};

/** What was done, in words; of a newer version's action its name. */
export function describeAction(action: string): string {
  const known = AuditAction.safeParse(action);
  return known.success ? auditLabels[known.data] : action;
}

/** Who did it where no agent is named: of an id its end, which tells most of them apart. */
export function describeActor({ kind, id }: AuditRecord['actor']): string {
  if (kind === 'operator') return id === null ? 'An operator' : `Operator ${id}`;
  const name = { key: 'API key', session: 'Browser', token: 'Company sign-in' }[kind];
  return id === null ? name : `${name} ${shortId(id)}`;
}

const OBJECT_ID = /^[0-9a-f]{24}$/;

export function shortId(id: string): string {
  return OBJECT_ID.test(id) ? `…${id.slice(-6)}` : id;
}

/** What else is kept of it, without the ids of keys and links. */
export function describeDetails({ details }: AuditRecord, nameOf: (agentId: string) => string): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && !(typeof value === 'string' && OBJECT_ID.test(value)))
    .map(([name, value]) => (name === 'agentId' ? `as ${nameOf(String(value))}` : `${name} ${String(value)}`))
    .join(', ');
}
