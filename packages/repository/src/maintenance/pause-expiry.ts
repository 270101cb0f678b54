import { Refusal } from '@baton/domain';
import { ConversationId, type TenantId, timestamp } from '@baton/schema';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { expireAll } from '../write/claims/due-follow-ups.ts';
import { Unsettled } from '../write/claims/unsettled.ts';
import { expireAlone, expireByTenant, readPast } from './expire-by-tenant.ts';

/** Most pauses that one look finds. */
const MAX_DUE = 1_000;

/**
 * Ends the pauses of every tenant whose time is over by MongoDB's clock. Any number of servers may do it at once.
 * @param unsettled remembers from one call to the next which ones cannot be ended
 * @returns how many it ended itself
 * @throws AggregateError of the faults, once it has ended the others
 */
export async function endPauses(
  { paused_conversations: paused, clock, db }: Collections,
  end: (tenantId: TenantId, conversationId: ConversationId) => Promise<unknown>,
  unsettled = new Unsettled(),
): Promise<number> {
  await clock.ready();
  const until = { $lte: new Date(timestamp(clock.now())) };
  const look = (passedOver: readonly string[], limit = MAX_DUE) =>
    readPast(
      paused
        .acrossTenants('due work')
        .find(
          { until, ...(passedOver.length > 0 && { tenantId: { $nin: passedOver } }) },
          { maxTimeMS: READ_TIMEOUT_MS },
        )
        .sort({ until: 1 }),
      limit,
      unsettled,
    );
  const endOrForget = async (tenantId: TenantId, conversationId: ConversationId) => {
    try {
      return await end(tenantId, conversationId);
    } catch (error) {
      // A server of the version before has ended the pause, or the conversation.
      if (!(error instanceof Refusal) || !IS_OVER.has(error.code)) throw error;
      const { _id } = paused.encodePart({ _id: conversationId });
      return paused.collection.deleteOne({ tenantId, _id, until }, { maxTimeMS: WRITE_TIMEOUT_MS });
    }
  };
  const endAllTenants = () =>
    expireByTenant(look, MAX_DUE, async (tenantId, due) => {
      const ids = due.map(({ _id }) => ConversationId.parse(String(_id)));
      const result = await expireAll(tenantId, ids, endOrForget);
      unsettled.add(result.stuck);
      return result;
    });
  const { expired, faults } = await expireAlone(db, 'end_pauses', () => look([], 1), endAllTenants);
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} pauses could not be ended`);
  return expired;
}

const IS_OVER: ReadonlySet<string> = new Set(['INVALID_STATUS', 'NOT_FOUND', 'CONVERSATION_ERASED']);
