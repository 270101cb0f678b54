import type { Conversation, ConversationView } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { ArrowRightLeft, CalendarClock, Clock } from 'lucide-react';
import { memo } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { channelLabels, statusLabels } from '../format/labels.ts';
import { useMe } from '../session/session-context.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { ContactName } from '../ui/contact-name.tsx';
import { classNames } from '../ui/class-names.ts';
import { StageBar } from '../ui/stage-bar.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { ConversationPreview } from './conversation-preview.tsx';

/** The height of a row in pixels: three lines and their margins. */
export const ROW_HEIGHT = 76;

/** Since when the customer waits, or when the last message came. */
function WaitingTime({ conversation: { metrics, lastMessage, updatedAt } }: { conversation: Conversation }) {
  if (metrics.waitingSince === null) {
    return (
      <Time
        at={lastMessage?.at ?? updatedAt}
        form="short"
        className="ml-auto shrink-0 text-meta text-ink-3"
      />
    );
  }
  return (
    <Badge tone="waiting" icon={<Clock size={12} aria-hidden />} className="ml-auto shrink-0">
      <span className="sr-only">Waiting since </span>
      <Time at={metrics.waitingSince} form="short" />
    </Badge>
  );
}

/** A follow-up due within this time is shown, in milliseconds. */
const FOLLOW_UP_SOON_MS = 24 * 60 * 60_000;

function FollowUpBadge({ at }: { at: string }) {
  const now = useNow();
  const inMs = Date.parse(at) - now;
  if (inMs > FOLLOW_UP_SOON_MS) return null;
  return (
    <Badge tone={inMs < 0 ? 'overdue' : 'neutral'} icon={<CalendarClock size={12} aria-hidden />}>
      <span className="sr-only">{inMs < 0 ? 'Follow-up overdue since ' : 'Follow-up due '}</span>
      <Time at={at} form="short" />
    </Badge>
  );
}

export type ConversationRowProps = { conversation: ConversationView; isUnread: boolean; isOpen: boolean };

export const ConversationRow = memo(function ConversationRow({
  conversation,
  isUnread,
  isOpen,
}: ConversationRowProps) {
  const me = useMe();
  const agents = useAgents();
  const { id, channel, stage, status, owner, pendingHandoff, nextFollowUpAt } = conversation;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: id }}
      search={({ at: _at, ...search }) => search}
      data-conversation={id}
      aria-current={isOpen ? 'page' : undefined}
      className={classNames(
        'flex h-full flex-col justify-center border-b border-line pr-3 pl-5 outline-offset-[-3px]',
        isOpen ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <span className="flex items-center gap-2">
        {isUnread && (
          <span className="absolute left-1.5 size-2 rounded-full bg-accent">
            <span className="sr-only">Unread. </span>
          </span>
        )}
        <ContactName of={conversation} />
        <span className="shrink-0 text-meta text-ink-3">{channelLabels[channel]}</span>
        <WaitingTime conversation={conversation} />
      </span>
      <span className={classNames('truncate', isUnread ? 'text-ink' : 'text-ink-2')}>
        <ConversationPreview conversation={conversation} me={me.id} nameOf={agents.nameOf} />
      </span>
      <span className="mt-0.5 flex h-[18px] items-center gap-2.5 text-meta text-ink-2">
        <StageBar stage={stage} />
        <AgentLabel agentId={owner.agentId} isKindShown={false} className="min-w-0 [&>span]:font-normal" />
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {status !== 'active' && <Badge>{statusLabels[status]}</Badge>}
          {nextFollowUpAt !== null && <FollowUpBadge at={nextFollowUpAt} />}
          {pendingHandoff !== null && (
            <Badge
              tone={pendingHandoff.to === me.id ? 'accent' : 'neutral'}
              icon={<ArrowRightLeft size={12} aria-hidden />}
            >
              <span className="sr-only">Handoff asked: </span>
              {pendingHandoff.to === me.id ? 'To you' : 'Handoff'}
            </Badge>
          )}
        </span>
      </span>
    </Link>
  );
});
