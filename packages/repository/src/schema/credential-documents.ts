import { AgentId, ApiKeyId, Right, Role, SessionId, TenantId, text, Timestamp } from '@baton/schema';
import { z } from 'zod';

const Hash = text(128);

const roleFields = {
  /** Absent where a server of the version before has written it: its rights say which it is. */
  role: Role.optional(),
  /** What a server of the version before goes by; without them it lets nobody in. */
  rights: z.array(Right).optional(),
};

export const ApiKeyDocument = z.strictObject({
  _id: ApiKeyId,
  tenantId: TenantId,
  name: text(100),
  prefix: z.string(),
  ...roleFields,
  agentId: AgentId.nullable(),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
  /** Absent where it never ends by itself. */
  expiresAt: Timestamp.optional(),
  lastUsedAt: Timestamp.optional(),
  /** Hash of the key, which is not stored. */
  hash: Hash,
  /** The key before the latest rotation. */
  previous: z.strictObject({ hash: Hash, until: Timestamp }).optional(),
});

/** A browser that has signed in, or a link by which one may. */
export const SessionDocument = z.strictObject({
  _id: SessionId,
  tenantId: TenantId,
  kind: z.enum(['link', 'session']),
  /** Hash of the secret, which is not stored. */
  hash: Hash,
  ...roleFields,
  agentId: AgentId.nullable(),
  /** The key that it comes from; absent where a server of the version before has written it. */
  keyId: ApiKeyId.optional(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** Some minutes behind. */
  lastSeenAt: Timestamp.optional(),
});

/** How the browser of a session was signed in. */
export const SignInDocument = z.strictObject({
  _id: SessionId,
  tenantId: TenantId,
  /** Its family and its system; null where it did not say. */
  browser: text(100).nullable(),
  /** The company's id of the person; null where a link was used. */
  subject: text(200).nullable(),
  /** Hash of what a company's sign-in was begun with: it opens one session. */
  state: Hash.optional(),
  expiresAt: Timestamp,
});
