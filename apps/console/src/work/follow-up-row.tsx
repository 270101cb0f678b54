import type { ConversationView, FollowUp } from '@baton/schema';
import { AlarmClock, Check, ChevronsUp, X } from 'lucide-react';
import { useState } from 'react';
import { isolate } from '../format/isolate.ts';
import { clockTime, exactTime } from '../format/time.ts';
import { followUpLabels } from '../format/labels.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { StageBar } from '../ui/stage-bar.tsx';
import { Time } from '../ui/time.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { ConversationLink } from './conversation-link.tsx';
import type { SnoozeUntil } from './snooze.ts';
import { SnoozeMenu } from './snooze-menu.tsx';
import { ForWorkers } from '../session/for-workers.tsx';

export type FollowUpRowProps = {
  followUp: FollowUp;
  /** Undefined while loading. */
  conversation: ConversationView | undefined;
  isOverdue: boolean;
  /** It is shown only so that the other rows stay in place. */
  isEnded: boolean;
  /** False where the heading above the row names it. */
  namesDay: boolean;
  namesAssignee: boolean;
  error: string | undefined;
  onComplete: () => void;
  onSnooze: (until: SnoozeUntil) => void;
  onCancel: () => void;
};

function DueTime({
  followUp,
  isOverdue,
  namesDay,
}: Pick<FollowUpRowProps, 'followUp' | 'isOverdue' | 'namesDay'>) {
  const { dueAt } = followUp;
  if (isOverdue) return <Time at={dueAt} className="text-overdue" />;
  if (namesDay) return <Time at={dueAt} />;
  return (
    <Tooltip label={exactTime(dueAt)} side="top">
      <time dateTime={dueAt}>{clockTime(dueAt)}</time>
    </Tooltip>
  );
}

/** Purpose, context and failed attempts. */
function noteOf({ type, context, lastError, attempts, maxAttempts }: FollowUp): string {
  const failed =
    attempts > 0
      ? `Attempt ${attempts} of ${maxAttempts} failed${lastError === null ? '' : `: ${isolate(lastError)}`}`
      : null;
  return [followUpLabels[type], context, failed].filter((part) => part !== null && part !== '').join(' · ');
}

export function FollowUpRow(props: FollowUpRowProps) {
  const { followUp, conversation, isOverdue, isEnded, error, onComplete, onSnooze, onCancel } = props;
  const [isChoosingTime, setChoosingTime] = useState(false);
  return (
    <li
      inert={isEnded}
      className="group relative grid grid-cols-[1fr_auto] gap-x-3 border-b border-line px-4 py-2 inert:opacity-50 hover:bg-hover two:grid-cols-[96px_minmax(0,1fr)_auto]"
    >
      <div className="relative z-10 row-start-2 w-fit text-ink-2 two:row-start-1">
        <DueTime followUp={followUp} isOverdue={isOverdue} namesDay={props.namesDay} />
      </div>
      <div className="col-span-full row-start-1 min-w-0 pr-24 two:col-span-1 two:col-start-2 two:pr-0">
        <p className="flex min-w-0 items-center gap-2">
          <ConversationLink conversationId={followUp.conversationId} conversation={conversation} fillsRow />
          {followUp.priority === 'high' && <Badge icon={<ChevronsUp size={12} aria-hidden />}>High</Badge>}
          {followUp.priority === 'low' && <span className="text-meta text-ink-3">Low</span>}
        </p>
        <p className="truncate text-ink-2 max-two:-mr-24">{noteOf(followUp)}</p>
        {error !== undefined && <Notice message={`Taken back: ${error}`} className="mt-1" />}
      </div>
      <div className="row-start-2 flex items-center gap-4 justify-self-end two:row-start-1 two:justify-self-auto">
        {conversation !== undefined && (
          <StageBar stage={conversation.stage} className="w-28 text-ink-2 max-three:hidden" />
        )}
        {props.namesAssignee && (
          <span className="flex w-fit justify-end two:w-36 two:justify-start">
            {followUp.assignee === null ? (
              <span className="text-ink-3">Nobody yet</span>
            ) : (
              <AgentLabel agentId={followUp.assignee} isKindShown={false} className="min-w-0" />
            )}
          </span>
        )}
        <span className="absolute top-1.5 right-3 z-10 flex gap-0.5 two:static">
          {isEnded ? (
            <span className="w-[100px] text-right">Ended</span>
          ) : (
            <ForWorkers>
              <IconButton label="Done" icon={<Check size={16} />} onClick={onComplete} />
              <SnoozeMenu
                isChoosingTime={isChoosingTime}
                onChooseTime={setChoosingTime}
                onSnooze={onSnooze}
                trigger={<IconButton label="Snooze" icon={<AlarmClock size={16} />} />}
              />
              <IconButton label="Cancel the follow-up" icon={<X size={16} />} onClick={onCancel} />
            </ForWorkers>
          )}
        </span>
      </div>
    </li>
  );
}
