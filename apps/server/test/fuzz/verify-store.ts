import {
  rebuild,
  rebuildListedConversations,
  rebuildRollUps,
  rebuildSearchTerms,
  reportUnreadable,
  type Store,
} from '@baton/repository';

/** What `baton doctor --rebuild` would find in a store; empty where it equals what its timelines produce. */
export async function faultsOfStore({ collections }: Pick<Store, 'collections'>): Promise<string[]> {
  const faults: string[] = [];
  const { unreadable, documents } = await reportUnreadable(collections);
  if (unreadable > 0) faults.push(`${unreadable} unreadable: ${JSON.stringify(documents.slice(0, 5))}`);
  const { differences, checked } = await rebuild(collections);
  if (checked === 0) faults.push('no conversation was checked');
  for (const { conversationId, fields } of differences)
    faults.push(`conversation ${conversationId} differs in ${fields.join(', ')}`);
  // Lists are caught up with in steps; what was caught up with stays as it is.
  await rebuildListedConversations(collections);
  const putRight = {
    search: await rebuildSearchTerms(collections),
    lists: await rebuildListedConversations(collections),
    figures: await rebuildRollUps(collections),
  };
  for (const [name, counts] of Object.entries(putRight)) {
    if (Object.values(counts).some((count) => count > 0))
      faults.push(`${name} differed: ${JSON.stringify(counts)}`);
  }
  return faults;
}
