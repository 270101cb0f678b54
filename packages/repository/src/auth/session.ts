import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '@baton/domain';
import {
  type ActAs,
  type AgentId,
  type Right,
  SessionId,
  type SignInLink,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import type { z } from 'zod';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';

/** How long a link may wait for its click, and how long a browser stays signed in, in milliseconds. */
const LINK_MS = 60 * 60_000;
export const SESSION_MS = 30 * 24 * 3_600_000;

/** Who a session's cookie belongs to. */
export type SessionCredential = {
  sessionId: SessionId;
  tenantId: TenantId;
  rights: Right[];
  agentId: AgentId | null;
};

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

const NOT_EXPIRED = { $expr: { $gt: ['$expiresAt', '$$NOW'] } };

type Grant = Pick<WireDocument<'sessions'>, 'tenantId' | 'rights' | 'agentId' | 'kind'>;

async function insertGrant(
  { sessions, clock }: Collections,
  granted: Grant,
  lastsMs: number,
): Promise<{ secret: string; expiresAt: string }> {
  const secret = randomBytes(32).toString('base64url');
  await clock.ready();
  const now = clock.now();
  const expiresAt = timestamp(now + lastsMs);
  const _id = SessionId.parse(newObjectId(clock).toHexString());
  const document = { ...granted, _id, hash: hashOf(secret), createdAt: timestamp(now), expiresAt };
  await sessions.collection.insertOne(sessions.encode(document));
  return { secret, expiresAt };
}

/** A link that signs one browser in, once, within the hour. */
export async function createSignInLink(
  collections: Collections,
  tenantId: TenantId,
  { rights }: { rights: readonly Right[] },
): Promise<SignInLink> {
  const link: Grant = { tenantId, rights: [...rights], agentId: null, kind: 'link' };
  const { secret, expiresAt } = await insertGrant(collections, link, LINK_MS);
  return { token: secret, expiresAt };
}

/**
 * Spends a link's token. Returns the secret of the session that it opened.
 * @throws Refusal UNAUTHORIZED for a token that was spent, has expired or never was
 */
export async function signIn(collections: Collections, token: string): Promise<string> {
  const { sessions } = collections;
  const spent = await sessions.collection.findOneAndDelete(
    { hash: hashOf(token), kind: 'link', ...NOT_EXPIRED },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
  if (spent === null) {
    throw new Refusal(
      'UNAUTHORIZED',
      'This link was used already or is too old. Ask for a new one: baton sign-in',
    );
  }
  const { tenantId, rights, agentId } = sessions.decode(spent);
  const { secret } = await insertGrant(
    collections,
    { tenantId, rights, agentId, kind: 'session' },
    SESSION_MS,
  );
  return secret;
}

/** Who the secret of a session belongs to; null where it is none, or no longer. */
export async function authenticateSession(
  { sessions }: Collections,
  secret: string,
): Promise<SessionCredential | null> {
  const found = await sessions.collection.findOne(
    { hash: hashOf(secret), kind: 'session', ...NOT_EXPIRED },
    { maxTimeMS: READ_TIMEOUT_MS },
  );
  if (found === null) return null;
  const { _id, tenantId, rights, agentId } = sessions.decode(found);
  return { sessionId: _id, tenantId, rights, agentId };
}

/** Sets which agent the person at the browser is. */
export async function setSessionAgent(
  { sessions }: Collections,
  tenantId: TenantId,
  { sessionId, agentId }: z.infer<typeof ActAs> & { sessionId: SessionId },
): Promise<void> {
  const { matchedCount } = await sessions.collection.updateOne(
    { _id: new ObjectId(sessionId), tenantId, kind: 'session' },
    { $set: { agentId } },
  );
  if (matchedCount === 0) throw new Refusal('UNAUTHORIZED', 'This browser is no longer signed in');
}

export async function endSession(
  { sessions }: Collections,
  tenantId: TenantId,
  { sessionId }: { sessionId: SessionId },
): Promise<void> {
  await sessions.collection.deleteOne({ _id: new ObjectId(sessionId), tenantId, kind: 'session' });
}
