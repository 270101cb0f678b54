import { Refusal } from '@baton/domain';
import {
  type AuditActor,
  type BrowserSession,
  type ListSessions,
  type Page,
  type RevokeSession,
  SessionId,
  type TenantId,
} from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { z } from 'zod';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readPage } from '../read/page.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from '../write/idempotent.ts';
import { roleOf } from './role-of-rights.ts';
import { liveOnly } from './live-sessions.ts';
import { deleteSignIn, readSignIns } from './sign-ins.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** Whose sessions somebody may see and end: all of the tenant's, or an agent's and the one that asks. */
export type SessionScope = 'all' | { agentId: string | null; sessionId: SessionId | null };

/** The sessions of documents, null for each that cannot be read. */
async function sessionsOf(
  collections: Collections,
  documents: readonly Document[],
): Promise<(BrowserSession | null)[]> {
  const readable = documents.map((document) => collections.sessions.tryDecode(document));
  const signIns = await readSignIns(
    collections,
    readable.filter((session) => session !== null),
  );
  return readable.map((session) => session && sessionOf(session, signIns.get(session._id)));
}

function sessionOf(
  session: WireDocument<'sessions'>,
  signIn: WireDocument<'sign_ins'> | undefined,
): BrowserSession {
  const { _id, agentId, createdAt, expiresAt, lastSeenAt = null } = session;
  const { browser = null, subject = null } = signIn ?? {};
  const role = roleOf(session) ?? 'viewer';
  return { id: _id, role, agentId, browser, subject, createdAt, expiresAt, lastSeenAt };
}

function within(tenantId: TenantId, scope: SessionScope): TenantFilter {
  const all = { tenantId, kind: 'session' };
  if (scope === 'all') return all;
  const { agentId, sessionId } = scope;
  const own: Filter<Document>[] = [
    ...(agentId === null ? [] : [{ agentId }]),
    ...(sessionId === null ? [] : [{ _id: new ObjectId(sessionId) }]),
  ];
  // Who has neither, as a key without an agent, has none.
  return own.length === 0 ? { ...all, _id: { $in: [] } } : { ...all, $or: own };
}

/**
 * The browsers that are signed in, the newest first.
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  { scope, ...input }: ListSessions & { scope: SessionScope },
): Promise<Page<BrowserSession>> {
  return readPage<BrowserSession, [SessionId]>(
    { tenantId, procedure: 'sessions.list', input: { ...input } },
    {
      position: z.tuple([SessionId]),
      positionOf: ({ id }) => [id],
      read: async (after, limit) => {
        const place = after === null ? {} : { _id: { $lt: new ObjectId(after[0]) } };
        const documents = await collections.sessions.collection
          .find(
            { $and: [within(tenantId, scope), liveOnly(collections), place] },
            { maxTimeMS: READ_TIMEOUT_MS },
          )
          .sort({ _id: -1 })
          .hint('by_tenant')
          .limit(limit)
          .toArray();
        return sessionsOf(collections, documents);
      },
    },
  );
}

/**
 * Signs a browser out; its feeds end within two seconds.
 * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH
 */
async function revoke(
  collections: Collections,
  tenantId: TenantId,
  { scope, ...input }: RevokeSession & { scope: SessionScope },
  by: AuditActor = OPERATOR,
): Promise<BrowserSession> {
  const { sessionId } = input;
  return idempotentInTransaction(collections, tenantId, 'sessions.revoke', input, async (session) => {
    const document = await collections.sessions.collection.findOneAndDelete(
      { $and: [within(tenantId, scope), { _id: new ObjectId(sessionId) }] },
      { maxTimeMS: WRITE_TIMEOUT_MS, session },
    );
    if (document === null) throw new Refusal('NOT_FOUND', 'No such session');
    const signIns = await readSignIns(collections, [{ _id: sessionId, tenantId }]);
    const ended = sessionOf(collections.sessions.decode(document), signIns.get(sessionId));
    await deleteSignIn(collections, tenantId, sessionId, session);
    const event = { tenantId, action: 'sessions.revoke', by, target: sessionId } as const;
    await appendAudit(collections, { ...event, details: { agentId: ended.agentId } }, session);
    return ended;
  });
}

export const sessionList = { list, revoke };
