import { createHash } from 'node:crypto';

/**
 * Makes ids of messages that have none, of what tells them apart: when something was said, by whom, and what. Their numbers
 * would change where an export begins later or is sorted otherwise. What is said twice alike is counted.
 */
export function messageIds(): (...tellsApart: readonly unknown[]) => string {
  const seen = new Map<string, number>();
  return (...tellsApart) => {
    const digest = createHash('sha256').update(JSON.stringify(tellsApart)).digest('hex').slice(0, 24);
    const times = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, times);
    return times === 1 ? digest : `${digest}-${times}`;
  };
}
