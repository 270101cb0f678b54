import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '@baton/domain';
import {
  type ActAs,
  type AgentId,
  type ApiKeyId,
  type AuditActor,
  type Role,
  SessionId,
  type SignInLink,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, type Document, type Filter, ObjectId } from 'mongodb';
import type { z } from 'zod';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { hasEnded } from './find-api-keys.ts';
import { liveOnly } from './live-sessions.ts';
import { requireAgentOfRole, roleFieldsOf, roleOf } from './role-of-rights.ts';
import { deleteSignIn, insertSignIn, readSignIns } from './sign-ins.ts';

/** How long a link may wait for its click, in milliseconds. */
const LINK_MS = 60 * 60_000;

/** Who a session's cookie belongs to. */
export type SessionCredential = {
  sessionId: SessionId;
  tenantId: TenantId;
  /** The key that it comes from; null where the company has signed in, or a server of the version before has made it. */
  keyId: ApiKeyId | null;
  role: Role;
  agentId: AgentId | null;
};

export const hashOfSecret = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');

const NOT_EXPIRED = { $expr: { $gt: ['$expiresAt', '$$NOW'] } };

type SessionDocument = WireDocument<'sessions'>;
type Grant = Pick<SessionDocument, 'tenantId' | 'role' | 'rights' | 'agentId' | 'kind' | 'keyId'>;

/** Writes a link or a session, with a new secret. */
export async function insertGrant(
  { sessions, clock }: Collections,
  granted: Grant,
  lastsMs: number,
  transaction: ClientSession,
): Promise<{ _id: SessionId; secret: string; expiresAt: string }> {
  const secret = randomBytes(32).toString('base64url');
  await clock.ready();
  const now = clock.now();
  const expiresAt = timestamp(now + lastsMs);
  const _id = SessionId.parse(newObjectId(clock).toHexString());
  const document = { ...granted, _id, hash: hashOfSecret(secret), createdAt: timestamp(now), expiresAt };
  await sessions.collection.insertOne(sessions.encode(document), {
    maxTimeMS: WRITE_TIMEOUT_MS,
    session: transaction,
  });
  return { _id, secret, expiresAt };
}

/** A link that signs one browser in, once, within the hour. */
export async function createSignInLink(
  collections: Collections,
  tenantId: TenantId,
  { role, agentId = null, keyId }: { role: Role; agentId?: AgentId | null; keyId: ApiKeyId | null },
  by: AuditActor = OPERATOR,
): Promise<SignInLink> {
  requireAgentOfRole(role, agentId);
  const link: Grant = {
    tenantId,
    ...roleFieldsOf(role),
    agentId,
    kind: 'link',
    ...(keyId !== null && { keyId }),
  };
  return inTransaction(collections.db.client, async (transaction) => {
    const { _id: target, secret, expiresAt } = await insertGrant(collections, link, LINK_MS, transaction);
    const event = { tenantId, action: 'session.createLink', by, target, details: { role, agentId } } as const;
    await appendAudit(collections, event, transaction);
    return { token: secret, expiresAt };
  });
}

/**
 * Spends a link's token. Returns the secret of the session that it opened; null for a token that was spent, has expired,
 * never was, or comes from a key that has ended.
 * @param browser its family and its system
 */
export async function signIn(
  collections: Collections,
  token: string,
  browser: string | null = null,
): Promise<string | null> {
  return inTransaction(collections.db.client, (transaction) =>
    spendLink(collections, { token, browser }, transaction),
  );
}

async function spendLink(
  collections: Collections,
  { token, browser }: { token: string; browser: string | null },
  transaction: ClientSession,
): Promise<string | null> {
  const { sessions } = collections;
  const spent = await sessions
    .acrossTenants('credential')
    .findOneAndDelete(
      { hash: hashOfSecret(token), kind: 'link', ...NOT_EXPIRED },
      { maxTimeMS: WRITE_TIMEOUT_MS, session: transaction },
    );
  if (spent === null) return null;
  const [link] = await withoutEndedKeys(collections, [sessions.decode(spent)]);
  if (link === undefined) return null;
  const { tenantId, role, rights, agentId, keyId } = link;
  const session: Grant = {
    tenantId,
    ...(role !== undefined && { role }),
    ...(rights !== undefined && { rights }),
    agentId,
    kind: 'session',
    ...(keyId !== undefined && { keyId }),
  };
  const { longestMs } = collections.sessionLife;
  const { _id, secret, expiresAt } = await insertGrant(collections, session, longestMs, transaction);
  await insertSignIn(collections, { _id, tenantId, browser, subject: null, expiresAt }, transaction);
  const by: AuditActor = { kind: 'session', id: _id, agentId };
  const details = { link: link._id, keyId: keyId ?? null, role: roleOf(link), agentId };
  await appendAudit(
    collections,
    { tenantId, action: 'session.signIn', by, target: _id, details },
    transaction,
  );
  return secret;
}

/** Who the secrets of sessions belong to; those that are none, or no longer, are missing. */
export async function authenticateSessions(
  collections: Collections,
  secrets: readonly string[],
): Promise<Map<string, SessionCredential>> {
  const bySecret = await findBySecrets(collections, 'session', secrets);
  const good = new Set(await withoutEndedKeys(collections, [...bySecret.values()]));
  const found = new Map<string, SessionCredential>();
  for (const [secret, session] of bySecret) {
    const credential = good.has(session) ? credentialOf(session) : null;
    if (credential !== null) found.set(secret, credential);
  }
  return found;
}

/** Those of the tokens that a link has, which may be spent meanwhile. */
export async function findLinks(
  collections: Collections,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  return findBySecrets(collections, 'link', tokens);
}

async function findBySecrets(
  collections: Collections,
  kind: SessionDocument['kind'],
  secrets: readonly string[],
): Promise<Map<string, SessionDocument>> {
  const { sessions } = collections;
  const byHash = new Map(secrets.map((secret) => [hashOfSecret(secret), secret]));
  const documents = await sessions
    .acrossTenants('credential')
    .find(
      { hash: { $in: [...byHash.keys()] }, kind, ...liveOnly(collections) },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const found = new Map<string, SessionDocument>();
  for (const document of documents) {
    const known = sessions.tryDecode(document);
    const secret = known && byHash.get(known.hash);
    if (known && secret) found.set(secret, known);
  }
  return found;
}

/** Those of the sessions that are good now. */
export async function readSessions(
  collections: Collections,
  sessionIds: readonly SessionId[],
): Promise<SessionCredential[]> {
  if (sessionIds.length === 0) return [];
  const { sessions } = collections;
  const documents = await sessions
    .acrossTenants('credential')
    .find(
      { _id: { $in: sessionIds.map((id) => new ObjectId(id)) }, kind: 'session', ...liveOnly(collections) },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const readable = documents.flatMap((document) => sessions.tryDecode(document) ?? []);
  return (await withoutEndedKeys(collections, readable)).flatMap((session) => credentialOf(session) ?? []);
}

function credentialOf(session: SessionDocument): SessionCredential | null {
  const { _id: sessionId, tenantId, keyId = null, agentId } = session;
  const role = roleOf(session);
  return role && { sessionId, tenantId, keyId, role, agentId };
}

/**
 * Those whose key works, and those that a company has opened. Where nobody wrote down the key, as servers of the version
 * before do not, any key of the tenant that was revoked later ends them.
 */
async function withoutEndedKeys(
  collections: Collections,
  granted: readonly SessionDocument[],
): Promise<SessionDocument[]> {
  const { api_keys, clock } = collections;
  const keyIds = new Set(granted.flatMap(({ keyId }) => keyId ?? []));
  const tenantIds = new Set(granted.flatMap(({ keyId, tenantId }) => (keyId === undefined ? tenantId : [])));
  const find = async (filter: Filter<Document>) => {
    const documents = await api_keys
      .acrossTenants('credential')
      .find(filter, { maxTimeMS: READ_TIMEOUT_MS })
      .toArray();
    return documents.flatMap((document) => api_keys.tryDecode(document) ?? []);
  };
  const withoutKey = granted.filter(({ keyId }) => keyId === undefined);
  const [signIns, own, revoked] = await Promise.all([
    readSignIns(collections, withoutKey),
    keyIds.size === 0 ? [] : find({ _id: { $in: [...keyIds].map((id) => new ObjectId(id)) } }),
    tenantIds.size === 0 ? [] : find({ tenantId: { $in: [...tenantIds] }, revokedAt: { $ne: null } }),
    clock.ready(),
  ]);
  const now = clock.now();
  const good = new Set(own.flatMap((key) => (hasEnded(key, now) ? [] : key._id)));
  return granted.filter(({ _id, keyId, tenantId, createdAt }) =>
    keyId === undefined
      ? signIns.get(_id)?.subject != null ||
        !revoked.some((key) => key.tenantId === tenantId && (key.revokedAt ?? '') >= createdAt)
      : good.has(keyId),
  );
}

/**
 * Sets which agent the person at the browser is; with `from`, only while it still is that one, or nobody for null.
 * @throws Refusal UNAUTHORIZED; FORBIDDEN where it became another meanwhile
 */
export async function setSessionAgent(
  collections: Collections,
  tenantId: TenantId,
  {
    sessionId,
    agentId,
    from,
  }: z.infer<typeof ActAs> & { sessionId: SessionId; from?: AgentId | null | undefined },
  by: AuditActor = OPERATOR,
): Promise<void> {
  await inTransaction(collections.db.client, async (session) => {
    const details = { agentId };
    const event = { tenantId, action: 'session.actAs', by, target: sessionId, details } as const;
    await appendAudit(collections, event, session);
    const before = await collections.sessions.collection.findOneAndUpdate(
      { _id: new ObjectId(sessionId), tenantId, kind: 'session' },
      { $set: { agentId } },
      { maxTimeMS: WRITE_TIMEOUT_MS, session, returnDocument: 'before', projection: { agentId: 1 } },
    );
    if (before === null) throw new Refusal('UNAUTHORIZED', 'This browser is no longer signed in');
    // The transaction takes back what it has set.
    if (from !== undefined && before['agentId'] !== from && before['agentId'] !== agentId)
      throw new Refusal('FORBIDDEN', 'Meanwhile this browser became somebody else', {
        agentId: before['agentId'],
      });
  });
}

export async function endSession(
  collections: Collections,
  tenantId: TenantId,
  { sessionId }: { sessionId: SessionId },
  by: AuditActor = OPERATOR,
): Promise<void> {
  await inTransaction(collections.db.client, async (session) => {
    const { deletedCount } = await collections.sessions.collection.deleteOne(
      { _id: new ObjectId(sessionId), tenantId, kind: 'session' },
      { maxTimeMS: WRITE_TIMEOUT_MS, session },
    );
    if (deletedCount === 0) return;
    await deleteSignIn(collections, tenantId, sessionId, session);
    await appendAudit(collections, { tenantId, action: 'session.signOut', by, target: sessionId }, session);
  });
}

/** Notes that browsers were used. */
export async function noteUseOfSessions(
  { sessions }: Collections,
  sessionIds: readonly SessionId[],
): Promise<void> {
  await sessions
    .acrossTenants('credential')
    .updateMany(
      { _id: { $in: sessionIds.map((id) => new ObjectId(id)) }, kind: 'session' },
      [{ $set: { lastSeenAt: '$$NOW' } }],
      { maxTimeMS: WRITE_TIMEOUT_MS },
    );
}
