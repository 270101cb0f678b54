import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import { type AuditActor, TenantId, type Timestamp } from '@baton/schema';
import { type ClientSession, MaxKey } from 'mongodb';
import { z } from 'zod';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { inTransaction } from '../connection/transaction.ts';
import { type CollectionName, declaredCollections, type WireDocument } from '../schema/collections.ts';
import { removeFiles } from '../files/remove-files.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { progressOfTenant } from '../read/caught-up-lists.ts';
import { ensureDefaultAgents } from '../write/agent-registry.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** A tenant as its operator sees it. */
export type TenantStatus = {
  id: TenantId;
  createdAt: Timestamp;
  /** Since when its credentials are refused; null while they are not. */
  suspendedAt: Timestamp | null;
  /** Since when it is being deleted; null while it is not. */
  deletingAt: Timestamp | null;
};

const PAGE_SIZE = 500;
const STEP_SIZE = 1_000;
/** Servers notice within two seconds that a tenant is suspended, and a command takes ten at most. */
const SETTLE_MS = 12_000;

function statusOf({ _id, createdAt, suspendedAt, deletingAt }: WireDocument<'tenants'>): TenantStatus {
  return { id: _id, createdAt, suspendedAt: suspendedAt ?? null, deletingAt: deletingAt ?? null };
}

/**
 * Makes a tenant with its default agents.
 * @throws Refusal INVALID_INPUT where there is one of that name
 */
export async function createTenant(
  collections: Collections,
  tenantId: TenantId,
  by: AuditActor = OPERATOR,
): Promise<TenantStatus> {
  return inTransaction(collections.db.client, async (session) => {
    const existing = await collections.tenants.collection.findOne(byId(tenantId), { session });
    if (existing !== null) throw new Refusal('INVALID_INPUT', `There is a tenant ${tenantId} already`);
    await ensureDefaultAgents(collections, tenantId, session);
    await appendAudit(collections, { tenantId, action: 'tenants.create', by }, session);
    return readTenant(collections, tenantId, session);
  });
}

/** Every tenant, by its name. */
export async function* listTenants({ tenants }: Collections): AsyncGenerator<TenantStatus> {
  for (let last: TenantId | null = null; ;) {
    const filter = last === null ? {} : byId({ $gt: last });
    const page = await tenants
      .acrossTenants('tenants')
      .find(filter)
      .sort({ _id: 1 })
      .limit(PAGE_SIZE)
      .toArray();
    for (const document of page) {
      const tenant = tenants.tryDecode(document);
      if (tenant !== null) yield statusOf(tenant);
    }
    if (page.length < PAGE_SIZE) return;
    last = TenantId.parse(String(page.at(-1)?._id));
  }
}

async function readTenant(
  { tenants }: Collections,
  tenantId: TenantId,
  session: ClientSession,
): Promise<TenantStatus> {
  const document = await tenants.collection.findOne(byId(tenantId), { session });
  if (document === null) throw noSuchTenant(tenantId);
  return statusOf(tenants.decode(document));
}

const noSuchTenant = (tenantId: TenantId) => new Refusal('NOT_FOUND', `There is no tenant ${tenantId}`);

/**
 * From now on its credentials are refused as TENANT_SUSPENDED, by every server within two seconds, and its feeds end.
 * @throws Refusal NOT_FOUND
 */
export async function suspendTenant(
  collections: Collections,
  tenantId: TenantId,
  by: AuditActor = OPERATOR,
): Promise<TenantStatus> {
  return inTransaction(collections.db.client, async (session) => {
    await mark(collections, tenantId, ['suspendedAt'], session);
    await appendAudit(collections, { tenantId, action: 'tenants.suspend', by }, session);
    return readTenant(collections, tenantId, session);
  });
}

/**
 * Lets a suspended tenant's credentials in again.
 * @throws Refusal NOT_FOUND; INVALID_INPUT for one that is being deleted
 */
export async function resumeTenant(
  collections: Collections,
  tenantId: TenantId,
  by: AuditActor = OPERATOR,
): Promise<TenantStatus> {
  return inTransaction(collections.db.client, async (session) => {
    const { deletingAt } = await readTenant(collections, tenantId, session);
    if (deletingAt !== null)
      throw new Refusal('INVALID_INPUT', `${tenantId} is being deleted, and stays suspended until it is`);
    const { collection } = collections.tenants;
    await collection.updateOne(byId(tenantId), { $unset: { suspendedAt: '' } }, { session });
    await appendAudit(collections, { tenantId, action: 'tenants.resume', by }, session);
    return readTenant(collections, tenantId, session);
  });
}

async function mark(
  { tenants }: Collections,
  tenantId: TenantId,
  names: string[],
  session?: ClientSession,
): Promise<void> {
  const marks = Object.fromEntries(names.map((name) => [name, { $ifNull: [`$${name}`, '$$NOW'] }]));
  const update = tenants.collection.updateOne(byId(tenantId), [{ $set: marks }], session && { session });
  const { matchedCount } = await update;
  if (matchedCount === 0) throw noSuchTenant(tenantId);
}

export type DeleteTenantOptions = {
  signal?: AbortSignal;
  onProgress?: (progress: { collection: string; deleted: number }) => void;
  /** How long servers have to notice that it is suspended, in milliseconds; 12,000 without it. */
  settleMs?: number;
};

/**
 * Deletes every document of a tenant, a thousand at a time. It is suspended first, and its own document goes last: what was
 * stopped on the way goes on when it is run again.
 * @returns how many documents it deleted
 * @throws Refusal NOT_FOUND
 */
export async function deleteTenant(
  collections: Collections,
  tenantId: TenantId,
  { signal, onProgress, settleMs = SETTLE_MS }: DeleteTenantOptions = {},
): Promise<number> {
  await mark(collections, tenantId, ['suspendedAt', 'deletingAt']);
  let deleted = 0;
  // Credentials go first. A pass that finds nothing says that nobody writes any more.
  let waitMs = settleMs;
  for (let found = -1; found !== 0; waitMs = settleMs / 4) {
    await sleep(waitMs, undefined, { signal });
    found = 0;
    for (const name of TENANT_COLLECTIONS) {
      // Files go with their contents, which belong to no collection of a tenant.
      const count =
        name === 'files'
          ? await removeFiles(collections, { tenantId })
          : await deleteFrom(collections, name, tenantId, signal);
      if (count > 0) onProgress?.({ collection: name, deleted: count });
      found += count;
    }
    deleted += found;
  }
  await collections.progress.collection.deleteOne(byId(progressOfTenant(tenantId)));
  await collections.tenants.collection.deleteOne(byId(tenantId));
  return deleted + 1;
}

async function deleteFrom(
  collections: Collections,
  name: CollectionName,
  tenantId: TenantId,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { collection, acrossTenants } = collections[name];
  for (let deleted = 0; ;) {
    signal?.throwIfAborted();
    const found = await collection
      .find(ofTenant(name, tenantId), { projection: { _id: 1 }, batchSize: STEP_SIZE })
      .limit(STEP_SIZE)
      .toArray();
    if (found.length === 0) return deleted;
    const { deletedCount } = await acrossTenants('tenants').deleteMany(byIds(found.map(({ _id }) => _id)));
    deleted += deletedCount;
  }
}

/** Where a collection's documents have their tenant: a field, or the first field of their `_id`. */
function tenantPlaceOf(schema: z.ZodType): 'field' | 'id' | null {
  if (schema instanceof z.ZodUnion) return tenantPlaceOf(optionOf(schema));
  if (!(schema instanceof z.ZodObject)) return null;
  const { tenantId, _id } = schema.shape;
  if (tenantId !== undefined) return 'field';
  return _id instanceof z.ZodObject && Object.keys(_id.shape)[0] === 'tenantId' ? 'id' : null;
}

function optionOf(union: z.ZodUnion): z.ZodType {
  const [option] = union.options;
  // Of our own schemas, which are Zod's and not its core's.
  return option as z.ZodType;
}

const PLACES = new Map(
  // Object.keys widens its keys to string.
  (Object.keys(declaredCollections) as CollectionName[]).map(
    (name) => [name, tenantPlaceOf(declaredCollections[name].schema)] as const,
  ),
);

/** Every collection whose documents belong to tenants, credentials first. */
export const TENANT_COLLECTIONS: readonly CollectionName[] = [
  'api_keys',
  'sessions',
  ...[...PLACES.keys()].filter(
    (name) => PLACES.get(name) !== null && name !== 'api_keys' && name !== 'sessions',
  ),
];

/** The filter of all that a tenant has in a collection. */
export function ofTenant(name: CollectionName, tenantId: TenantId): TenantFilter {
  if (PLACES.get(name) === 'field') return { tenantId };
  return byId({ $gte: { tenantId }, $lt: { tenantId, end: new MaxKey() } });
}
