import { nextAllowed } from '@baton/domain';
import { type FollowUpId, type TenantId, TimeZone, type Timestamp, timestamp } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { byIds, type Collections } from '../../schema/open-collections.ts';
import type { SendPolicies } from '../send-policies.ts';
import type { Candidate } from './due-follow-ups.ts';

/** Until when each of these has to wait that is due in quiet hours or on a holiday; nothing of all others. */
export type Paused = ReadonlyMap<FollowUpId, Timestamp>;

const NONE: Paused = new Map();

/** Which of the due follow-ups of a tenant may not be done now. */
export async function pausedAmong(
  collections: Collections,
  policies: SendPolicies,
  tenantId: TenantId,
  due: readonly Candidate[],
): Promise<Paused> {
  const tenant = due.length === 0 ? null : await policies.of(tenantId);
  if (tenant === null) return NONE;
  const { policy, timeZone } = tenant;
  const { quietHours, holidays = [] } = policy;
  if (quietHours === undefined && holidays.length === 0) return NONE;
  const zones = quietHours === undefined ? new Map() : await zonesOf(collections, tenantId, due);
  const now = timestamp(collections.clock.now());
  const days = new Set(holidays);
  const paused = new Map<FollowUpId, Timestamp>();
  for (const { _id, conversationId } of due) {
    const contactZone = zones.get(conversationId) ?? timeZone;
    const calendar = { quietHours, contactZone, holidays: days, tenantZone: timeZone };
    const allowed = nextAllowed(now, { businessHours: null, calendar });
    if (allowed > now) paused.set(_id, allowed);
  }
  return paused;
}

/** The zones of the contacts of follow-ups, by conversation, where they are known. */
async function zonesOf(
  { conversations, contacts }: Collections,
  tenantId: TenantId,
  due: readonly Candidate[],
): Promise<Map<string, string>> {
  const ids = [...new Set(due.map(({ conversationId }) => conversationId))];
  const found = await conversations.collection
    .find(
      { tenantId, _id: { $in: ids.map((id) => new ObjectId(id)) } },
      { projection: { contactId: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const contactIds = [...new Set(found.map(({ contactId }) => String(contactId)))];
  const people = await contacts.collection
    .find(byIds(contactIds.map((contactId) => ({ tenantId, contactId }))), {
      projection: { 'details.timeZone': 1 },
      maxTimeMS: READ_TIMEOUT_MS,
    })
    .toArray();
  const ofContact = new Map<unknown, string>();
  for (const { _id, details } of people) {
    const zone = TimeZone.safeParse(details?.timeZone);
    // `_id` names tenant and contact, which the driver's type does not know.
    if (zone.success) ofContact.set((_id as unknown as { contactId: string }).contactId, zone.data);
  }
  const zones = new Map<string, string>();
  for (const { _id, contactId } of found) {
    const zone = ofContact.get(contactId);
    if (zone !== undefined) zones.set(_id.toHexString(), zone);
  }
  return zones;
}
