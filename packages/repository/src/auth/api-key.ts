import { randomUUID } from 'node:crypto';
import { Refusal } from '@baton/domain';
import {
  type AgentId,
  type ApiKey,
  ApiKeyId,
  type AuditActor,
  type CreateApiKey,
  type CreatedApiKey,
  type ListApiKeys,
  type Page,
  type RevokeApiKey,
  type Role,
  type RotateApiKey,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { z } from 'zod';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readPage } from '../read/page.ts';
import type { WireDocument } from '../schema/collections.ts';
import { dateOfInstant } from '../schema/instant.ts';
import type { Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from '../write/idempotent.ts';
import { authenticateKeys, hasEnded, noteUseOfKeys, readKeys } from './find-api-keys.ts';
import { hashOfKey, newKey, prefixOf } from './key-secret.ts';
import { requireAgentOfRole, roleFieldsOf, roleOf } from './role-of-rights.ts';

export type NewApiKey = {
  tenantId: TenantId;
  name: string;
  role: Role;
  /** The agent that it acts as; an `agent` has one. */
  agentId?: AgentId | null;
  /** When it ends by itself. */
  expiresAt?: string | undefined;
};

function apiKeyOf(document: WireDocument<'api_keys'>): ApiKey {
  const { _id, name, prefix, agentId, createdAt, revokedAt } = document;
  const { expiresAt = null, lastUsedAt = null, previous } = document;
  return {
    id: _id,
    name,
    prefix,
    // One of which nothing is known may do nothing: it is listed as what may do least.
    role: roleOf(document) ?? 'viewer',
    agentId,
    createdAt,
    revokedAt,
    expiresAt,
    lastUsedAt,
    previousUntil: previous?.until ?? null,
  };
}

/** A key, for those who have no call that may be sent again. */
async function create(
  collections: Collections,
  { tenantId, agentId, ...input }: NewApiKey,
  by: AuditActor = OPERATOR,
): Promise<ApiKey & { key: string }> {
  const made = await issue(collections, tenantId, { ...input, agentId: agentId ?? undefined }, by);
  if (made.key === null) throw new Error('Only a call with an idempotency key can be sent again');
  return { ...made, key: made.key };
}

/**
 * Makes a key. `key` is shown here and never again: the store keeps its SHA-256 only.
 * @throws Refusal INVALID_INPUT for an `agent` without an agent, and for a key that has ended already
 * @throws Refusal IDEMPOTENCY_MISMATCH
 */
async function issue(
  collections: Collections,
  tenantId: TenantId,
  input: CreateApiKey,
  by: AuditActor = OPERATOR,
): Promise<CreatedApiKey> {
  const { name, role, agentId = null, expiresAt } = input;
  const { api_keys, clock } = collections;
  requireAgentOfRole(role, agentId);
  await clock.ready();
  if (expiresAt !== undefined && dateOfInstant(expiresAt).getTime() <= clock.now())
    throw new Refusal('INVALID_INPUT', 'The key would have ended already', {
      faults: [{ path: 'expiresAt', message: 'Expected an instant in the future' }],
    });
  return showOnce(collections, tenantId, 'apiKeys.create', input, async (session) => {
    const _id = ApiKeyId.parse(newObjectId(clock).toHexString());
    const key = newKey(_id);
    const document: WireDocument<'api_keys'> = {
      _id,
      tenantId,
      name,
      prefix: prefixOf(_id),
      ...roleFieldsOf(role),
      createdAt: timestamp(clock.now()),
      revokedAt: null,
      hash: hashOfKey(key),
      agentId,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const details = { name, agentId, role, expiresAt: expiresAt ?? null };
    await appendAudit(collections, { tenantId, action: 'apiKeys.create', by, target: _id, details }, session);
    await api_keys.collection.insertOne(api_keys.encode(document), { maxTimeMS: WRITE_TIMEOUT_MS, session });
    return { ...apiKeyOf(document), key };
  });
}

/**
 * Gives a key another secret. The one before works for `overlapMs` more, one from a rotation before that no longer.
 * @throws Refusal NOT_FOUND where there is none, or it has ended; IDEMPOTENCY_MISMATCH
 */
async function rotate(
  collections: Collections,
  tenantId: TenantId,
  input: RotateApiKey,
  by: AuditActor = OPERATOR,
): Promise<CreatedApiKey> {
  const { keyId, overlapMs } = input;
  const { api_keys, clock } = collections;
  await clock.ready();
  return showOnce(collections, tenantId, 'apiKeys.rotate', input, async (session) => {
    const _id = new ObjectId(keyId);
    const options = { maxTimeMS: WRITE_TIMEOUT_MS, session };
    const found = await api_keys.collection.findOne({ _id, tenantId }, options);
    const before = found && api_keys.decode(found);
    if (before === null || hasEnded(before, clock.now()))
      throw new Refusal('NOT_FOUND', 'No such API key, or it has ended');
    const key = newKey(keyId);
    const { previous: _ended, ...kept } = before;
    const previous = { hash: before.hash, until: timestamp(clock.now() + overlapMs) };
    const changed = { hash: hashOfKey(key), prefix: prefixOf(keyId), ...(overlapMs > 0 && { previous }) };
    const details = { name: before.name, overlapMs };
    await appendAudit(
      collections,
      { tenantId, action: 'apiKeys.rotate', by, target: keyId, details },
      session,
    );
    await api_keys.collection.updateOne(
      { _id, tenantId },
      { $set: api_keys.encodePart(changed), ...(overlapMs === 0 && { $unset: { previous: '' } }) },
      options,
    );
    return { ...apiKeyOf({ ...kept, ...changed }), key };
  });
}

/** What is kept for a call that is sent again has no secret: it then gets what was made without it. */
async function showOnce(
  collections: Collections,
  tenantId: TenantId,
  procedure: string,
  input: { idempotencyKey?: string | undefined },
  work: (session: ClientSession) => Promise<CreatedApiKey>,
): Promise<CreatedApiKey> {
  let secret = { attempt: '', key: '' as string | null };
  const { made, attempt } = await idempotentInTransaction(
    collections,
    tenantId,
    procedure,
    input,
    async (session) => {
      const issued = await work(session);
      secret = { attempt: randomUUID(), key: issued.key };
      return { made: { ...issued, key: null }, attempt: secret.attempt };
    },
  );
  return { ...made, key: attempt === secret.attempt ? secret.key : null };
}

/**
 * The tenant's keys, those that have ended too, the newest first.
 * @throws Refusal INVALID_CURSOR
 */
async function list(collections: Collections, tenantId: TenantId, input: ListApiKeys): Promise<Page<ApiKey>> {
  return readPage<ApiKey, [ApiKeyId]>(
    { tenantId, procedure: 'apiKeys.list', input: { ...input } },
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
 * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH
 */
async function revoke(
  collections: Collections,
  tenantId: TenantId,
  input: RevokeApiKey,
  by: AuditActor = OPERATOR,
): Promise<ApiKey> {
  const { keyId } = input;
  return idempotentInTransaction(collections, tenantId, 'apiKeys.revoke', input, async (session) => {
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

export const apiKeys = {
  create,
  issue,
  rotate,
  revoke,
  list,
  authenticate: authenticateKeys,
  read: readKeys,
  noteUse: noteUseOfKeys,
};
