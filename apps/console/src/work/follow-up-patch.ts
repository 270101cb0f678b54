import type { FollowUp, FollowUpId, Timestamp } from '@baton/schema';

/** An optimistic change that the server has not answered yet. */
export type FollowUpPatch = { dueAt: Timestamp } | 'ended';
export type FollowUpPatches = ReadonlyMap<FollowUpId, FollowUpPatch>;

/** Ended follow-ups are left out. */
export function applyPatches(followUps: readonly FollowUp[], patches: FollowUpPatches): FollowUp[] {
  return followUps.flatMap((followUp) => {
    const patch = patches.get(followUp.id);
    if (patch === undefined) return [followUp];
    return patch === 'ended' ? [] : [{ ...followUp, ...patch }];
  });
}

export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value | undefined,
): Map<Key, Value> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}
