import { FollowUpId, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type Expire, expireAll } from '../write/claims/due-follow-ups.ts';

const BATCH = 100;
/** Most claims that one look takes: those of which nothing comes must not keep back the others. */
const MAX_LAPSED = 10_000;

/** How long after its lease a worker may still report, unless another claims the follow-up before, in milliseconds. */
export const LATE_REPORT_MS = 60_000;

/**
 * Counts the claims of every tenant whose lease has run out a minute ago and that no worker has reported or taken over:
 * those of a follow-up that killed all of its workers. Any number of servers may do it at once.
 * @returns how many it counted itself
 * @throws AggregateError of the faults, once it has counted the others
 */
export async function expireFollowUps(
  { follow_ups: followUps, clock }: Collections,
  expire: Expire,
): Promise<number> {
  const lapsedBefore = new Date(clock.now() - LATE_REPORT_MS);
  const lapsed = followUps.collection
    .find(
      { 'lease.until': { $type: 'date', $lte: lapsedBefore } },
      { projection: { tenantId: 1 }, maxTimeMS: READ_TIMEOUT_MS, batchSize: BATCH },
    )
    .sort({ 'lease.until': 1 })
    .limit(MAX_LAPSED);
  let expired = 0;
  const faults: unknown[] = [];
  const count = async (documents: readonly Document[]) => {
    const byTenant = Map.groupBy(documents, ({ tenantId }) => TenantId.parse(tenantId));
    for (const [tenantId, own] of byTenant) {
      const over = own.map(({ _id }) => FollowUpId.parse(String(_id)));
      const result = await expireAll(tenantId, over, expire);
      expired += result.expired;
      faults.push(...result.faults);
    }
  };

  let batch: Document[] = [];
  for await (const document of lapsed) {
    batch.push(document);
    if (batch.length < BATCH) continue;
    await count(batch);
    batch = [];
  }
  await count(batch);
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} claims could not be counted`);
  return expired;
}
