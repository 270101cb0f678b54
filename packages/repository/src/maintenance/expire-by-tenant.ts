import { TenantId } from '@baton/schema';
import type { Db, Document, FindCursor } from 'mongodb';
import type { Unsettled } from '../write/claims/unsettled.ts';
import { unlessHeld, withLease } from './leases.ts';

/** How many of a tenant are expired side by side. */
const SIDE_BY_SIDE = 100;
/** After so long a tenant's rest is left to the next run, in milliseconds. */
const LONGEST_MS = 2_000;
/** How often a look is filled by tenants with very many; what is due behind the last waits for the next run. */
const MOST_LOOKS = 10;

/** Most of those that could not be expired a moment ago which a look reads past. */
const LOOKED_PAST = 50_000;
const BATCH_SIZE = 1_000;

/** How long a server that died in the middle keeps others from going on, in milliseconds. */
const LEASE_MS = 5_000;

/** Reads what is due, the longest due first, but for these tenants'. */
export type LookAtDue = (passedOver: readonly string[]) => Promise<Document[]>;
export type Expired = { expired: number; faults: unknown[] };
/** Expires what is due of one tenant. */
export type ExpireOfTenant = (tenantId: TenantId, due: readonly Document[]) => Promise<Expired>;

/** Reads `limit` documents past those that could not be expired a moment ago. */
export async function readPast(
  cursor: FindCursor<Document>,
  limit: number,
  unsettled: Unsettled,
): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of cursor.limit(limit + LOOKED_PAST).batchSize(Math.min(limit, BATCH_SIZE))) {
    if (!unsettled.has(String(document['_id']))) documents.push(document);
    if (documents.length === limit) break;
  }
  return documents;
}

/**
 * Expires where anything is due, on one server at a time: those that find another at it leave it to that one, so that
 * many servers do the work once.
 * @param look finds one that is due, or none
 */
export async function expireAlone(
  db: Db,
  lease: string,
  look: () => Promise<Document[]>,
  expire: () => Promise<Expired>,
): Promise<Expired> {
  const nothing: Expired = { expired: 0, faults: [] };
  const due = await look();
  if (due.length === 0) return nothing;
  return unlessHeld(withLease(db, lease, { leaseMs: LEASE_MS }, expire), nothing);
}

/**
 * Expires what is due of every tenant, each beside the others: neither many that are due, nor many that cannot be
 * expired, nor a full queue keeps another tenant's waiting.
 * @param window how many one look takes
 * @returns how many it expired itself, and what went wrong with others
 */
export async function expireByTenant(
  look: LookAtDue,
  window: number,
  expire: ExpireOfTenant,
  now: () => number = () => performance.now(),
): Promise<Expired> {
  const byTenant = new Map<string, Document[]>();
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const due = await look([...byTenant.keys()]);
    for (const [tenantId, own] of Map.groupBy(due, (document) => String(document['tenantId'])))
      byTenant.set(tenantId, own);
    if (due.length < window) break;
  }
  const until = now() + LONGEST_MS;
  const results = await Promise.all(
    [...byTenant].map(async ([id, due]) => {
      const tenantId = TenantId.parse(id);
      const result: Expired = { expired: 0, faults: [] };
      for (let from = 0; from < due.length && now() < until; from += SIDE_BY_SIDE) {
        const { expired, faults } = await expire(tenantId, due.slice(from, from + SIDE_BY_SIDE));
        result.expired += expired;
        result.faults.push(...faults);
      }
      return result;
    }),
  );
  return {
    expired: results.reduce((sum, { expired }) => sum + expired, 0),
    faults: results.flatMap(({ faults }) => faults),
  };
}
