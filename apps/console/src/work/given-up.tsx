import type { AgentId, Conversation, FollowUp } from '@baton/schema';
import { useRef } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { reasonOf } from '../format/refusal.ts';
import { counted, followUpWords } from '../format/words.ts';
import { AgentMark } from '../ui/agent-mark.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Time } from '../ui/time.tsx';
import { ConversationLink } from './conversation-link.tsx';
import { RowsLoading } from './rows-loading.tsx';
import { useConversations } from '../lists/use-conversations.ts';
import { usePages } from '../lists/use-pages.ts';
import { useRowKeys } from '../lists/use-row-keys.ts';
import { useScheduleAgain } from './use-schedule-again.ts';

const PAGE = 50;

type RowProps = { followUp: FollowUp; conversation: Conversation | undefined; onAgain: () => void };

function Row({ followUp, conversation, onAgain }: RowProps) {
  const { conversationId, type, context, attempts, lastError, endedAt, assignee } = followUp;
  const tried = `${counted(attempts, 'attempt')} failed${lastError === null ? '' : `, at last: ${lastError}`}`;
  return (
    <li className="relative grid gap-x-4 gap-y-1 border-b border-line px-4 py-2 hover:bg-hover two:grid-cols-[minmax(0,1fr)_auto] two:items-center">
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          <ConversationLink conversationId={conversationId} conversation={conversation} fillsRow />
          {endedAt !== null && <Time at={endedAt} className="shrink-0 text-meta text-ink-3" />}
        </p>
        <p className="truncate text-ink-2">
          {[followUpWords[type], context].filter((part) => part !== null && part !== '').join(' · ')}
        </p>
        <p className="text-overdue">{tried}</p>
      </div>
      <div className="flex items-center gap-4">
        {assignee !== null && <AgentMark agentId={assignee} isKindShown={false} className="min-w-0" />}
        <Button onClick={onAgain} className="relative z-10">
          Schedule again
        </Button>
      </div>
    </li>
  );
}

/** The follow-ups whose attempts or time ran out. */
export function GivenUp({ assignee }: { assignee: AgentId | undefined }) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const list = useRef<HTMLDivElement>(null);
  const scheduleAgain = useScheduleAgain();
  const read = usePages({
    queryKey: [...trpc.followUps.list.pathKey(), { dead: assignee ?? null }],
    read: (cursor, signal) =>
      api.followUps.list.query({ status: 'dead', assignee, limit: PAGE, cursor }, { signal }),
  });
  const conversations = useConversations((read.items ?? []).map(({ conversationId }) => conversationId));
  useRowKeys(list);

  if (read.items === undefined) {
    return read.error === null ? (
      <RowsLoading label="Loading follow-ups" />
    ) : (
      <EmptyState title={reasonOf(read.error)} />
    );
  }
  if (read.items.length === 0) {
    return (
      <EmptyState title="No follow-up was given up.">
        One whose attempts all failed, or whose time ran out, stands here with what went wrong.
      </EmptyState>
    );
  }
  return (
    <div ref={list}>
      <ul className="border-t border-line">
        {read.items.map((followUp) => (
          <Row
            key={followUp.id}
            followUp={followUp}
            conversation={conversations.get(followUp.conversationId)}
            onAgain={() => scheduleAgain(followUp)}
          />
        ))}
      </ul>
      {read.hasMore && (
        <div className="px-4 py-3">
          <Button onClick={read.readMore} disabled={read.isReadingMore}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}
