import { type HandoffId, type TenantId, timestamp } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { expireAll } from '../write/claims/due-follow-ups.ts';
import { Unsettled } from '../write/claims/unsettled.ts';
import { expireAlone, expireByTenant, readPast } from './expire-by-tenant.ts';

/** Most that one look takes: those that cannot be expired stay, and must not keep it from the others. */
const MAX_DUE = 5_000;

/**
 * Expires the pending handoffs of every tenant whose time has come. Any number of servers may do it at once:
 * one of them works, and the rules let each expire once.
 * @param unsettled remembers from one call to the next which ones cannot be expired
 * @returns how many it expired itself
 * @throws AggregateError of the faults, once it has expired the others
 */
export async function expireHandoffs(
  { handoffs, clock, db }: Collections,
  expire: (tenantId: TenantId, handoffId: HandoffId) => Promise<unknown>,
  unsettled = new Unsettled(),
): Promise<number> {
  const isDue = { status: 'pending', expiresAt: { $lte: new Date(timestamp(clock.now())) } };
  const look = (passedOver: readonly string[], limit = MAX_DUE) =>
    readPast(
      handoffs
        .acrossTenants('due work')
        .find(
          { ...isDue, ...(passedOver.length > 0 && { tenantId: { $nin: passedOver } }) },
          { maxTimeMS: READ_TIMEOUT_MS },
        )
        .sort({ expiresAt: 1 }),
      limit,
      unsettled,
    );
  const expireAllTenants = () =>
    expireByTenant(look, MAX_DUE, async (tenantId, due) => {
      const readable = due.flatMap((document) => handoffs.tryDecode(document)?._id ?? []);
      const known = new Set<string>(readable);
      unsettled.add(due.map(({ _id }) => String(_id)).filter((id) => !known.has(id)));
      const result = await expireAll(tenantId, readable, expire);
      unsettled.add(result.stuck);
      return result;
    });
  const { expired, faults } = await expireAlone(db, 'expire_handoffs', () => look([], 1), expireAllTenants);
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} handoffs could not be expired`);
  return expired;
}
