import { z } from 'zod';
import { AgentId } from './id.ts';
import { named, type NamedEnum, type NamedSchema } from './named.ts';
import { pageFields } from './page.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const auditActions = [
  'apiKeys.create',
  'apiKeys.revoke',
  'apiKeys.rotate',
  'session.createLink',
  'session.signIn',
  'session.actAs',
  'session.signOut',
  'sessions.revoke',
  'agents.register',
  'agents.update',
  'agents.restore',
  'tenant.update',
  'tenants.create',
  'tenants.suspend',
  'tenants.resume',
  'conversations.force',
  'conversations.actFor',
  'handoffs.reassign',
  'conversations.export',
  'privacy.exportContact',
  'privacy.eraseContact',
  'privacy.setRetention',
  'privacy.runRetention',
] as const;
// The name of the procedure; or `conversations.force` for a command that forced a move, `conversations.actFor` for one given
// as another agent, `privacy.runRetention` for a run that erased something, and what an operator did to a tenant.
export type AuditAction = (typeof auditActions)[number];
export const AuditAction: NamedEnum<AuditAction> = z.enum(auditActions);

/** Most characters of the ids and the details of an audit record. */
const AUDIT_TEXT = 200;

/** Who did it: the credential, and the agent that it speaks for. */
export interface AuditActor {
  /** `token` is a company's own JWT; `operator` works on the store itself, past the API. */
  kind: 'key' | 'session' | 'token' | 'operator';
  /** Of the key or session, the token's subject, or the operator's account on the machine; null where it is unknown. */
  id: string | null;
  agentId: AgentId | null;
}
export const AuditActor: NamedSchema<AuditActor> = named(
  z.strictObject({
    kind: z.enum(['key', 'session', 'token', 'operator']),
    id: text(AUDIT_TEXT).nullable(),
    agentId: AgentId.nullable(),
  }),
);

export type AuditDetails = Record<string, string | number | boolean | null>;
export const AuditDetails: NamedSchema<AuditDetails> = named(
  z.record(
    z.string().regex(/^[a-zA-Z]{1,32}$/),
    z.union([z.string().max(AUDIT_TEXT), z.number(), z.boolean(), z.null()]),
  ),
);

export interface AuditRecord {
  id: string;
  at: Timestamp;
  /** One of `AuditAction`, or of a newer version's. */
  action: string;
  actor: AuditActor;
  /** The id of what it was done to: a key, a session, an agent, a conversation, an erasure. */
  target: string | null;
  /** Never what a customer said, who a customer is, or a secret. */
  details: AuditDetails;
}
export const AuditRecord: NamedSchema<AuditRecord> = named(
  z.strictObject({
    id: z.string().regex(/^[0-9a-f]{24}$/),
    at: Timestamp,
    action: text(64),
    actor: AuditActor,
    target: text(AUDIT_TEXT).nullable(),
    details: AuditDetails,
  }),
);

export interface ListAudit {
  limit: number;
  cursor?: string | undefined;
  action?: AuditAction | undefined;
  /** The id of a key, a session or an agent. */
  actor?: string | undefined;
  from?: Timestamp | undefined;
  /** Before this instant. */
  to?: Timestamp | undefined;
}
export interface ListAuditInput extends Partial<ListAudit> {}
export const ListAudit: NamedSchema<ListAudit, ListAuditInput> = named(
  z.strictObject({
    ...pageFields,
    action: AuditAction.optional(),
    actor: text(AUDIT_TEXT).optional(),
    from: Timestamp.optional(),
    to: Timestamp.optional(),
  }),
);
