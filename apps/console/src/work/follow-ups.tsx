import { type AgentId, type FollowUp, timestamp } from '@baton/schema';
import { CalendarCheck } from 'lucide-react';
import { useRef } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { formatCount } from '../format/labels.ts';
import { useMe } from '../session/session-context.ts';
import { Badge } from '../ui/badge.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { useNow } from '../ui/time.tsx';
import { groupByAssignee, groupByDay } from './follow-up-groups.ts';
import { FollowUpRow } from './follow-up-row.tsx';
import { PagedRows } from '../lists/paged-rows.tsx';
import { RowsLoading } from './rows-loading.tsx';
import { useConversations } from '../lists/use-conversations.ts';
import { useHeld } from '../lists/use-held.ts';
import { useFollowUps } from './use-follow-ups.ts';
import { useRowKeys } from '../keys/use-row-keys.ts';

export type FollowUpsProps = { assignee: AgentId | undefined; by: 'day' | 'assignee' };

export function FollowUps({ assignee, by }: FollowUpsProps) {
  const work = useFollowUps(assignee);
  const agents = useAgents();
  const me = useMe();
  const now = timestamp(useNow());
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);

  const groupsOf = (followUps: readonly FollowUp[]) =>
    by === 'day'
      ? groupByDay(followUps, { now, timeZone: VIEWER_TIME_ZONE })
      : groupByAssignee(followUps, { nameOf: agents.nameOf, me: me.id });
  const groups = useHeld(list, work.followUps && groupsOf(work.followUps), work.pageCount);
  const places = groups?.flatMap(({ items }) => items);
  const current = new Map(work.followUps?.map((followUp) => [followUp.id, followUp]));
  const conversations = useConversations((places ?? []).map(({ conversationId }) => conversationId));

  return (
    <div ref={list}>
      <PagedRows
        {...work}
        items={groups}
        loading={<RowsLoading label="Loading follow-ups" />}
        empty={
          <EmptyState icon={<CalendarCheck size={20} strokeWidth={1.5} />} title="No follow-up is open.">
            What agents and people promise to come back to stands here, soonest first. Schedule one from a
            conversation.
          </EmptyState>
        }
        countText={`${formatCount(work.followUps?.length ?? 0, 'follow-up')} shown`}
      >
        {(shown) =>
          shown.map((group) => (
            <section key={group.key} aria-label={group.heading}>
              <h3 className="sticky top-0 z-20 flex h-8 items-center gap-2 border-b border-line bg-sunken px-4 text-ink-2">
                <span className={group.isOverdue ? 'text-overdue' : undefined}>{group.heading}</span>
                <Badge tone={group.isOverdue ? 'overdue' : 'neutral'}>
                  {group.items.filter(({ id }) => current.has(id)).length}
                </Badge>
              </h3>
              <ul>
                {group.items.map((place) => {
                  const followUp = current.get(place.id) ?? place;
                  return (
                    <FollowUpRow
                      key={place.id}
                      followUp={followUp}
                      conversation={conversations.get(place.conversationId)}
                      isOverdue={followUp.dueAt < now}
                      isEnded={!current.has(place.id)}
                      namesDay={by !== 'day' || followUp.dueAt !== place.dueAt}
                      namesAssignee={by !== 'assignee'}
                      error={work.actionErrors.get(place.id)}
                      onComplete={() => work.complete(followUp)}
                      onSnooze={(until) => work.snooze(followUp, until)}
                      onCancel={() => work.cancel(followUp)}
                    />
                  );
                })}
              </ul>
            </section>
          ))
        }
      </PagedRows>
    </div>
  );
}
