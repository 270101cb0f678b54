import type { AgentId, FollowUp, Timestamp } from '@baton/schema';
import { relativeDayName, type LocalDay, localDay } from '../format/local-day.ts';

export type FollowUpGroup = {
  key: string;
  heading: string;
  isOverdue: boolean;
  items: FollowUp[];
};

export type ViewerClock = { now: Timestamp; timeZone: string };

const PRIORITY = { high: 0, medium: 1, low: 2 } as const;

/** Soonest first, then by priority. */
function compareDue(a: FollowUp, b: FollowUp): number {
  return (
    a.dueAt.localeCompare(b.dueAt) || PRIORITY[a.priority] - PRIORITY[b.priority] || a.id.localeCompare(b.id)
  );
}

function groupBy(items: readonly FollowUp[], keyOf: (item: FollowUp) => string): Map<string, FollowUp[]> {
  const groups = new Map<string, FollowUp[]>();
  for (const item of items.toSorted(compareDue))
    groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Overdue first, then each day in the viewer's zone. */
export function groupByDay(followUps: readonly FollowUp[], { now, timeZone }: ViewerClock): FollowUpGroup[] {
  const today = localDay(now, timeZone);
  const overdue = followUps.filter(({ dueAt }) => dueAt < now);
  const coming = groupBy(
    followUps.filter(({ dueAt }) => dueAt >= now),
    ({ dueAt }): LocalDay => localDay(dueAt, timeZone),
  );
  const days = [...coming].map(([day, items]) => ({
    key: day,
    heading: relativeDayName(day, today),
    isOverdue: false,
    items,
  }));
  if (overdue.length === 0) return days;
  return [
    { key: 'overdue', heading: 'Overdue', isOverdue: true, items: overdue.toSorted(compareDue) },
    ...days,
  ];
}

/** Mine first, then by name, unassigned last. */
export function groupByAssignee(
  followUps: readonly FollowUp[],
  { nameOf, me }: { nameOf: (agentId: AgentId) => string; me: AgentId | null },
): FollowUpGroup[] {
  const groups = groupBy(followUps, ({ assignee }) => assignee ?? '');
  const rank = (key: string) => (key === '' ? 2 : key === me ? 0 : 1);
  return [...groups]
    .map(([key, items]) => {
      const assignee = items[0]?.assignee ?? null;
      return { key, heading: assignee === null ? 'Nobody' : nameOf(assignee), isOverdue: false, items };
    })
    .toSorted((a, b) => rank(a.key) - rank(b.key) || a.heading.localeCompare(b.heading));
}
