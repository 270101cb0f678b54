import type { AgentId, ApiKeyId, Role, TenantId } from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { dateOfInstant } from '../schema/instant.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { hashOfKey, idIn, isSameHash } from './key-secret.ts';
import { roleOf } from './role-of-rights.ts';

/** How far behind the last use of a key may be. */
const USE_WRITTEN_EVERY_MS = 5 * 60_000;

/** Whose key it is and what it allows. */
export type Credential = {
  tenantId: TenantId;
  keyId: ApiKeyId;
  role: Role;
  agentId: AgentId | null;
  /** Of the secret that it came with: after a rotation the one before ends earlier than the key. */
  secretHash: string;
};

type KeyDocument = WireDocument<'api_keys'>;

/** Whether a key has ended, at an instant by MongoDB's clock. */
export function hasEnded({ revokedAt, expiresAt }: KeyDocument, now: number): boolean {
  return revokedAt !== null || (expiresAt !== undefined && dateOfInstant(expiresAt).getTime() <= now);
}

/** The secrets that a key takes, as hashes: after a rotation two of them, for a while. */
function secretsOf(key: KeyDocument, now: number): string[] {
  const { hash, previous } = key;
  if (hasEnded(key, now)) return [];
  return previous !== undefined && dateOfInstant(previous.until).getTime() > now
    ? [hash, previous.hash]
    : [hash];
}

function credentialsOf(key: KeyDocument, now: number): Credential[] {
  const { _id: keyId, tenantId, agentId } = key;
  const role = roleOf(key);
  if (role === null) return [];
  return secretsOf(key, now).map((secretHash) => ({ tenantId, keyId, role, agentId, secretHash }));
}

/** What each of the keys stands for; those that are unknown or have ended are missing. */
export async function authenticateKeys(
  collections: Collections,
  keys: readonly string[],
): Promise<Map<string, Credential>> {
  const asked = keys.map((key) => ({ key, id: idIn(key), hash: hashOfKey(key) }));
  const ids = asked.flatMap(({ id }) => (id === null ? [] : new ObjectId(id)));
  const hashes = asked.flatMap(({ id, hash }) => (id === null ? hash : []));
  const alternatives: Filter<Document>[] = [
    ...(ids.length > 0 ? [{ _id: { $in: ids } }] : []),
    ...(hashes.length > 0 ? [{ hash: { $in: hashes } }, { 'previous.hash': { $in: hashes } }] : []),
  ];
  const found = new Map<string, Credential>();
  for (const credential of await findCredentials(collections, alternatives)) {
    const { keyId, secretHash } = credential;
    for (const { key, id, hash } of asked) {
      if ((id === null || id === keyId) && isSameHash(hash, secretHash)) found.set(key, credential);
    }
  }
  return found;
}

/** What keys that were found before stand for now: one for each secret that a key takes, none for a key that has ended. */
export async function readKeys(collections: Collections, keyIds: readonly ApiKeyId[]): Promise<Credential[]> {
  const ids = keyIds.map((id) => new ObjectId(id));
  return findCredentials(collections, ids.length === 0 ? [] : [{ _id: { $in: ids } }]);
}

async function findCredentials(
  { api_keys, clock }: Collections,
  alternatives: readonly Filter<Document>[],
): Promise<Credential[]> {
  if (alternatives.length === 0) return [];
  const [documents] = await Promise.all([
    api_keys
      .acrossTenants('credential')
      .find({ $or: [...alternatives] }, { maxTimeMS: READ_TIMEOUT_MS })
      .toArray(),
    clock.ready(),
  ]);
  const now = clock.now();
  return documents.flatMap((document) => {
    const key = api_keys.tryDecode(document);
    return key === null ? [] : credentialsOf(key, now);
  });
}

/** Notes that keys were used; of each once in five minutes, however often and by however many servers it is called. */
export async function noteUseOfKeys(
  { api_keys, clock }: Collections,
  keyIds: readonly ApiKeyId[],
): Promise<void> {
  await clock.ready();
  const now = clock.now();
  const before = new Date(now - USE_WRITTEN_EVERY_MS);
  await api_keys.acrossTenants('credential').updateMany(
    {
      _id: { $in: keyIds.map((id) => new ObjectId(id)) },
      $or: [{ lastUsedAt: { $exists: false } }, { lastUsedAt: { $lte: before } }],
    },
    { $set: { lastUsedAt: new Date(now) } },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
}
