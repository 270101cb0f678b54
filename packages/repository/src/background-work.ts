import type { Outcome } from '@baton/domain';
import type { Command, TenantId } from '@baton/schema';
import { expireFollowUps } from './maintenance/follow-up-expiry.ts';
import { expireHandoffs } from './maintenance/handoff-expiry.ts';
import { catchUpKnownContacts } from './maintenance/known-contacts.ts';
import { nameQuietConversations } from './maintenance/listed-conversations.ts';
import { endPauses } from './maintenance/pause-expiry.ts';
import { rollUps } from './maintenance/roll-ups.ts';
import { catchUpSearchTerms } from './maintenance/search-terms.ts';
import type { Collections } from './schema/open-collections.ts';
import { Unsettled } from './write/claims/unsettled.ts';

/** What servers do by themselves for every tenant, again and again. */
export function backgroundWork(
  collections: Collections,
  submitOwn: (tenantId: TenantId, command: Command) => Promise<Outcome>,
) {
  const unsettled = new Unsettled();
  return {
    /** Brings what search knows up to what servers of the version before have written; see `catchUpSearchTerms`. */
    catchUpSearchTerms: () => catchUpSearchTerms(collections),

    /** Makes known the contacts that servers of the version before have written; see `catchUpKnownContacts`. */
    catchUpKnownContacts: () => catchUpKnownContacts(collections),

    /** Counts for the figures what is new, whichever server has written it; see `rollUps`. */
    rollUp: rollUps(collections),

    /** Names, for lists by several filters, the conversations that have become quiet; see `nameQuietConversations`. */
    nameQuietConversations: nameQuietConversations(collections),

    /** Expires what has run out among the pending handoffs of every tenant; returns how many. */
    expireHandoffs: () =>
      expireHandoffs(
        collections,
        (tenantId, handoffId) => submitOwn(tenantId, { type: 'handoffs.expire', input: { handoffId } }),
        unsettled,
      ),

    /** Ends what is over of the pauses of every tenant; returns how many. */
    endPauses: () =>
      endPauses(
        collections,
        (tenantId, conversationId) =>
          submitOwn(tenantId, { type: 'conversations.endPause', input: { conversationId } }),
        unsettled,
      ),

    /** Counts the claims of every tenant that were never reported, long after their leases; returns how many. */
    expireFollowUps: () =>
      expireFollowUps(
        collections,
        (tenantId, followUpId) => submitOwn(tenantId, { type: 'followUps.expire', input: { followUpId } }),
        unsettled,
      ),
  };
}
