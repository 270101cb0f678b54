import type { ConversationStatus, TenantId } from '@baton/schema';
import type { CountDocumentsOptions } from 'mongodb';
import type { Collections } from '../schema/open-collections.ts';

/** How many conversations are in a list; reads index keys only. */
export function countListed(
  { conversations }: Collections,
  filter: { tenantId: TenantId; listedUnder: string; status?: ConversationStatus },
  options: CountDocumentsOptions,
): Promise<number> {
  return conversations.collection.countDocuments(filter, { ...options, hint: 'by_list' });
}
