import type { SessionId, TenantId } from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';

type SignInDocument = WireDocument<'sign_ins'>;

/** Writes down how a session was begun, beside it: what servers of the version before read stays as it was. */
export async function insertSignIn(
  { sign_ins }: Collections,
  document: SignInDocument,
  session: ClientSession,
): Promise<void> {
  await sign_ins.collection.insertOne(sign_ins.encode(document), { maxTimeMS: WRITE_TIMEOUT_MS, session });
}

/** How sessions of some tenants were begun; those of which nothing is known are missing. */
export async function readSignIns(
  { sign_ins }: Collections,
  sessions: readonly { _id: SessionId; tenantId: TenantId }[],
): Promise<Map<SessionId, SignInDocument>> {
  if (sessions.length === 0) return new Map();
  const _id = { $in: sessions.map((each) => new ObjectId(each._id)) };
  const documents = await sign_ins
    .acrossTenants('credential')
    .find({ _id }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const readable = documents.flatMap((document) => sign_ins.tryDecode(document) ?? []);
  return new Map(readable.map((signIn) => [signIn._id, signIn]));
}

export async function deleteSignIn(
  { sign_ins }: Collections,
  tenantId: TenantId,
  sessionId: SessionId,
  session: ClientSession,
): Promise<void> {
  await sign_ins.collection.deleteOne(
    { _id: new ObjectId(sessionId), tenantId },
    { maxTimeMS: WRITE_TIMEOUT_MS, session },
  );
}
