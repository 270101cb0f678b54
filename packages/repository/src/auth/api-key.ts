import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '@baton/domain';
import {
  type AgentId,
  type ApiKey,
  ApiKeyId,
  type AuditActor,
  type Page,
  type Role,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { z } from 'zod';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { readPage } from '../read/page.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { requireAgentOfRole, roleFieldsOf, roleOf } from './role-of-rights.ts';

const SECRET_BYTES = 32;
const PREFIX_LENGTH = 'baton_'.length + 6;

export type NewApiKey = {
  tenantId: TenantId;
  name: string;
  role: Role;
  /** The agent that it acts as; an `agent` has one. */
  agentId?: AgentId | null;
};

/** Whose key it is and what it allows. */
export type Credential = { tenantId: TenantId; keyId: ApiKeyId; role: Role; agentId: AgentId | null };

/** No salt or slow hash is needed: the secret has 256 random bits. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function apiKeyOf(document: WireDocument<'api_keys'>): ApiKey {
  const { _id, name, prefix, agentId, createdAt, revokedAt } = document;
  // One of which nothing is known may do nothing: it is listed as what may do least.
  return { id: _id, name, prefix, role: roleOf(document) ?? 'viewer', agentId, createdAt, revokedAt };
}

/**
 * Makes a key. `key` is shown here and never again: the store keeps its SHA-256 only.
 * @throws Refusal INVALID_INPUT for an `agent` without an agent
 */
async function create(
  collections: Collections,
  { tenantId, name, role, agentId = null }: NewApiKey,
  by: AuditActor = OPERATOR,
): Promise<ApiKey & { key: string }> {
  requireAgentOfRole(role, agentId);
  const key = `baton_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const document: WireDocument<'api_keys'> = {
    _id: ApiKeyId.parse(newObjectId(collections.clock).toHexString()),
    tenantId,
    name,
    prefix: key.slice(0, PREFIX_LENGTH),
    ...roleFieldsOf(role),
    createdAt: timestamp(collections.clock.now()),
    revokedAt: null,
    hash: hashOf(key),
    agentId,
  };
  const { _id: target } = document;
  const details = { name, agentId, role };
  await inTransaction(collections.db.client, async (session) => {
    await appendAudit(collections, { tenantId, action: 'apiKeys.create', by, target, details }, session);
    await collections.api_keys.collection.insertOne(collections.api_keys.encode(document), {
      maxTimeMS: WRITE_TIMEOUT_MS,
      session,
    });
  });
  return { ...apiKeyOf(document), key };
}

/** What each of the keys stands for; those that are unknown or revoked are missing. */
async function authenticate(
  { api_keys }: Collections,
  keys: readonly string[],
): Promise<Map<string, Credential>> {
  const byHash = new Map(keys.map((key) => [hashOf(key), key]));
  const documents = await api_keys.collection
    .find({ hash: { $in: [...byHash.keys()] } }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const found = new Map<string, Credential>();
  for (const document of documents) {
    const known = api_keys.tryDecode(document);
    const key = known && byHash.get(known.hash);
    const credential = known && credentialOf(known);
    if (key && credential) found.set(key, credential);
  }
  return found;
}

/** Those of the keys that are good now. */
async function read({ api_keys }: Collections, keyIds: readonly ApiKeyId[]): Promise<Credential[]> {
  if (keyIds.length === 0) return [];
  const documents = await api_keys.collection
    .find({ _id: { $in: keyIds.map((id) => new ObjectId(id)) } }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  return documents.flatMap((document) => {
    const key = api_keys.tryDecode(document);
    return (key && credentialOf(key)) ?? [];
  });
}

function credentialOf(document: WireDocument<'api_keys'>): Credential | null {
  const { _id, tenantId, agentId, revokedAt } = document;
  const role = roleOf(document);
  return revokedAt === null && role !== null ? { tenantId, keyId: _id, role, agentId } : null;
}

/**
 * The tenant's keys, revoked ones too, the newest first.
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: { limit: number; cursor?: string | undefined },
): Promise<Page<ApiKey>> {
  return readPage<ApiKey, [ApiKeyId]>(
    { tenantId, procedure: 'apiKeys.list', input },
    {
      position: z.tuple([ApiKeyId]),
      positionOf: ({ id }) => [id],
      read: async (after, limit) => {
        const documents = await collections.api_keys.collection
          .find(
            { tenantId, ...(after && { _id: { $lt: new ObjectId(after[0]) } }) },
            { maxTimeMS: READ_TIMEOUT_MS },
          )
          .sort({ _id: -1 })
          .hint('by_tenant')
          .limit(limit)
          .toArray();
        const readable = documents.map((document) => collections.api_keys.tryDecode(document));
        return readable.map((document) => document && apiKeyOf(document));
      },
    },
  );
}

/**
 * Ends a key for good; one that was revoked before keeps its instant.
 * @throws Refusal NOT_FOUND
 */
async function revoke(
  collections: Collections,
  tenantId: TenantId,
  { keyId }: { keyId: ApiKeyId },
  by: AuditActor = OPERATOR,
): Promise<ApiKey> {
  return inTransaction(collections.db.client, async (session) => {
    const document = await collections.api_keys.collection.findOneAndUpdate(
      { _id: new ObjectId(keyId), tenantId },
      [{ $set: { revokedAt: { $ifNull: ['$revokedAt', '$$NOW'] } } }],
      { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS, session },
    );
    if (document === null) throw new Refusal('NOT_FOUND', 'No such API key');
    const key = apiKeyOf(collections.api_keys.decode(document));
    const details = { name: key.name };
    await appendAudit(
      collections,
      { tenantId, action: 'apiKeys.revoke', by, target: keyId, details },
      session,
    );
    return key;
  });
}

export const apiKeys = { create, authenticate, read, list, revoke };
