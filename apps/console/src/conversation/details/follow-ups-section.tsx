import type { FollowUp } from '@baton/schema';
import { CalendarClock, Plus } from 'lucide-react';
import { errorMessage } from '../../format/error-message.ts';
import { formatCount, followUpLabels, priorityLabels } from '../../format/labels.ts';
import { keyMap } from '../../keys/key-map.ts';
import { useMe } from '../../session/session-context.ts';
import { AgentLabel } from '../../agents/agent-label.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast-provider.tsx';
import { useCompleteFollowUp } from '../../work/complete-follow-up.ts';
import { useConversation } from '../conversation-context.ts';
import { ForWorkers } from '../../session/for-workers.tsx';

function FollowUpRow({ followUp }: { followUp: FollowUp }) {
  const { openDialog } = useConversation();
  const completeFollowUp = useCompleteFollowUp();
  const me = useMe();
  const toast = useToast();
  const now = useNow();
  const isOverdue = Date.parse(followUp.dueAt) < now;

  function complete(): void {
    // The live feed removes it from the list.
    completeFollowUp({ followUpId: followUp.id, by: me.id })
      .then(() => toast({ message: 'Follow-up done.' }))
      .catch((error: unknown) => toast({ message: `Not done: ${errorMessage(error)}` }));
  }

  return (
    <li className="py-2 first:pt-0">
      <div className="flex items-center gap-2">
        <CalendarClock size={16} aria-hidden className={isOverdue ? 'text-overdue' : 'text-ink-3'} />
        <span className="truncate">{followUpLabels[followUp.type]}</span>
        <span className={classNames('ml-auto shrink-0 text-meta', isOverdue ? 'text-overdue' : 'text-ink-2')}>
          {isOverdue && 'overdue since '}
          <Time at={followUp.dueAt} />
        </span>
      </div>
      <div className="pl-6">
        {followUp.context !== null && <p className="text-ink-2">{followUp.context}</p>}
        <p className="flex flex-wrap items-center gap-x-2 text-meta text-ink-3">
          {followUp.assignee === null ? (
            'Nobody assigned'
          ) : (
            <AgentLabel agentId={followUp.assignee} isKindShown={false} className="[&>span]:font-normal" />
          )}
          <span>{priorityLabels[followUp.priority]} priority</span>
          {followUp.attempts > 0 && <span>{formatCount(followUp.attempts, 'attempt')}</span>}
        </p>
        {followUp.lastError !== null && (
          <p className="text-meta text-ink-3">Last time: {followUp.lastError}</p>
        )}
        <ForWorkers>
          <div className="mt-1 -ml-2 flex gap-1">
            <Button variant="quiet" onClick={complete}>
              Done
            </Button>
            <Button variant="quiet" onClick={() => openDialog({ name: 'snooze', followUp })}>
              Put off
            </Button>
            <Button variant="quiet" onClick={() => openDialog({ name: 'cancelFollowUp', followUp })}>
              Cancel
            </Button>
          </div>
        </ForWorkers>
      </div>
    </li>
  );
}

export function FollowUpsSection() {
  const { conversation, openDialog } = useConversation();
  const { followUps, nextFollowUpAt } = conversation;
  const sorted = followUps.toSorted((a, b) => a.dueAt.localeCompare(b.dueAt));
  return (
    <CollapsibleSection
      name="follow-ups"
      title="Follow-ups"
      summary={nextFollowUpAt === null ? 'None' : <Time at={nextFollowUpAt} />}
      actions={
        <ForWorkers>
          <IconButton
            label="Schedule a follow-up"
            keys={keyMap.followUp.keys}
            icon={<Plus size={16} />}
            onClick={() => openDialog({ name: 'followUp' })}
          />
        </ForWorkers>
      }
    >
      {sorted.length === 0 ? (
        <p className="text-ink-3">Nothing is promised for later.</p>
      ) : (
        <ul className="divide-y divide-line">
          {sorted.map((followUp) => (
            <FollowUpRow key={followUp.id} followUp={followUp} />
          ))}
        </ul>
      )}
    </CollapsibleSection>
  );
}
