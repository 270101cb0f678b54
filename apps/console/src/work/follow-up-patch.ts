import type { FollowUp, FollowUpId, Timestamp } from '@baton/schema';

/** What a person has done to a follow-up and the server has not answered yet. */
export type FollowUpPatch = { dueAt: Timestamp } | 'ended';
export type FollowUpPatches = ReadonlyMap<FollowUpId, FollowUpPatch>;

/** The follow-ups with what was done to them laid over: one that has ended is gone. */
export function applyPatches(followUps: readonly FollowUp[], patches: FollowUpPatches): FollowUp[] {
  return followUps.flatMap((followUp) => {
    const patch = patches.get(followUp.id);
    if (patch === undefined) return [followUp];
    return patch === 'ended' ? [] : [{ ...followUp, ...patch }];
  });
}

/** The map with one entry more, or less where `value` is undefined. */
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
