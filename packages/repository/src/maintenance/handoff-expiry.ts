import { Refusal } from '@baton/domain';
import { type HandoffId, type TenantId, timestamp } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';

/** Most handoffs that one look takes. */
const BATCH = 100;

/**
 * Expires the pending handoffs of every tenant whose time has come. Any number of servers may do it at once:
 * the rules let one of them expire each, and refuse the others.
 * @returns how many it expired itself
 */
export async function expireHandoffs(
  { handoffs, clock }: Collections,
  expire: (tenantId: TenantId, handoffId: HandoffId) => Promise<unknown>,
): Promise<number> {
  const due = await handoffs.collection
    .find(
      { status: 'pending', expiresAt: { $lte: new Date(timestamp(clock.now())) } },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .sort({ expiresAt: 1 })
    .limit(BATCH)
    .toArray();
  const expired = await Promise.all(
    due.map(async (document) => {
      const { tenantId, _id } = handoffs.decode(document);
      try {
        await expire(tenantId, _id);
        return 1;
      } catch (error) {
        if (error instanceof Refusal) return 0;
        throw error;
      }
    }),
  );
  return expired.reduce<number>((sum, one) => sum + one, 0);
}
