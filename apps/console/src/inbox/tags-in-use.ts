import type { Conversation } from '@baton/schema';

const MAX_TAGS = 24;

export function tagsInUse(conversations: readonly Pick<Conversation, 'tags'>[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { tags } of conversations) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, one], [b, other]) => other - one || a.localeCompare(b))
    .slice(0, MAX_TAGS)
    .map(([tag]) => tag);
}
