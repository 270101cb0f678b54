import { FollowUpId } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type Expire, expireAll } from '../write/claims/due-follow-ups.ts';
import { Unsettled } from '../write/claims/unsettled.ts';
import { expireAlone, expireByTenant, readPast } from './expire-by-tenant.ts';

/** Most claims that one look takes: those of which nothing comes must not keep back the others. */
const MAX_LAPSED = 10_000;

/** How long after its lease a worker may still report, unless another claims the follow-up before, in milliseconds. */
export const LATE_REPORT_MS = 60_000;

/**
 * Counts the claims of every tenant whose lease has run out a minute ago and that no worker has reported or taken over:
 * those of a follow-up that killed all of its workers. Any number of servers may do it at once.
 * @param unsettled remembers from one call to the next which ones cannot be counted
 * @returns how many it counted itself
 * @throws AggregateError of the faults, once it has counted the others
 */
export async function expireFollowUps(
  { follow_ups: followUps, clock, db }: Collections,
  expire: Expire,
  unsettled = new Unsettled(),
): Promise<number> {
  const lapsedBefore = new Date(clock.now() - LATE_REPORT_MS);
  const look = (passedOver: readonly string[], limit = MAX_LAPSED) =>
    readPast(
      followUps
        .acrossTenants('due work')
        .find(
          {
            'lease.until': { $type: 'date', $lte: lapsedBefore },
            ...(passedOver.length > 0 && { tenantId: { $nin: passedOver } }),
          },
          { projection: { tenantId: 1 }, maxTimeMS: READ_TIMEOUT_MS },
        )
        .sort({ 'lease.until': 1 }),
      limit,
      unsettled,
    );
  const expireAllTenants = () =>
    expireByTenant(look, MAX_LAPSED, async (tenantId, due) => {
      const over = due.map(({ _id }) => FollowUpId.parse(String(_id)));
      const result = await expireAll(tenantId, over, expire);
      unsettled.add(result.stuck);
      return result;
    });
  const { expired, faults } = await expireAlone(db, 'expire_follow_ups', () => look([], 1), expireAllTenants);
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} claims could not be counted`);
  return expired;
}
