import type { AgentId, ConversationView, FollowUp } from '@baton/schema';
import { TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { isolate } from '../format/isolate.ts';
import { formatCount, followUpLabels } from '../format/labels.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Time } from '../ui/time.tsx';
import { ConversationLink } from './conversation-link.tsx';
import { PagedRows } from '../lists/paged-rows.tsx';
import { RowsLoading } from './rows-loading.tsx';
import { useRowKeys } from '../keys/use-row-keys.ts';
import { useDeadFollowUps } from './use-dead-follow-ups.ts';
import { useScheduleAgain } from './use-schedule-again.ts';
import { ForWorkers } from '../session/for-workers.tsx';

type RowProps = {
  followUp: FollowUp;
  conversation: ConversationView | undefined;
  isRescheduled: boolean;
  onReschedule: () => void;
};

function DeadFollowUpRow({ followUp, conversation, isRescheduled, onReschedule }: RowProps) {
  const { conversationId, type, context, attempts, lastError, endedAt, assignee } = followUp;
  const attemptsText = `${formatCount(attempts, 'attempt')} failed${lastError === null ? '' : `, at last: ${isolate(lastError)}`}`;
  return (
    <li className="relative grid gap-x-4 gap-y-1 border-b border-line px-4 py-2 hover:bg-hover two:grid-cols-[minmax(0,1fr)_auto] two:items-center">
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          <ConversationLink conversationId={conversationId} conversation={conversation} fillsRow />
          {endedAt !== null && <Time at={endedAt} className="shrink-0 text-meta text-ink-3" />}
        </p>
        <p className="truncate text-ink-2">
          {[followUpLabels[type], context].filter((part) => part !== null && part !== '').join(' · ')}
        </p>
        <p className="flex items-start gap-1.5">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          {attemptsText}
        </p>
      </div>
      <div className="flex items-center gap-4">
        {assignee !== null && <AgentLabel agentId={assignee} isKindShown={false} className="min-w-0" />}
        {isRescheduled ? (
          <span className="text-ink-3">Scheduled again</span>
        ) : (
          <ForWorkers>
            <Button onClick={onReschedule} className="relative z-10">
              Schedule again
            </Button>
          </ForWorkers>
        )}
      </div>
    </li>
  );
}

export function DeadFollowUps({ assignee }: { assignee: AgentId | undefined }) {
  const list = useRef<HTMLDivElement>(null);
  const { scheduleAgain, rescheduled } = useScheduleAgain();
  const { pages, followUps, conversations } = useDeadFollowUps(assignee, list);
  useRowKeys(list);

  return (
    <div ref={list}>
      <PagedRows
        {...pages}
        items={followUps}
        loading={<RowsLoading label="Loading follow-ups" />}
        empty={
          <EmptyState title="No follow-up was given up.">
            One whose attempts all failed, or whose time ran out, stands here with what went wrong.
          </EmptyState>
        }
      >
        {(shown) => (
          <ul className="border-t border-line">
            {shown.map((followUp) => (
              <DeadFollowUpRow
                key={followUp.id}
                followUp={followUp}
                conversation={conversations.get(followUp.conversationId)}
                isRescheduled={rescheduled.has(followUp.id)}
                onReschedule={() => scheduleAgain(followUp)}
              />
            ))}
          </ul>
        )}
      </PagedRows>
    </div>
  );
}
