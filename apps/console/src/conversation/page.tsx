import { isRefused } from '@baton/client';
import { ConversationId } from '@baton/schema';
import { Link, useParams } from '@tanstack/react-router';
import { usePrefetch } from '../use-prefetch.ts';
import { errorMessage } from '../format/error-message.ts';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedDialog } from '../lazy/load-failed.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Composer } from './composer.tsx';
import { useConversationActions } from './conversation-actions.ts';
import { ConversationContext } from './conversation-context.ts';
import { ConversationHeader } from './conversation-header.tsx';
import { DetailsPanel } from './details/details-panel.tsx';
import { HandoffChain } from './handoff-chain.tsx';
import { Timeline } from './timeline.tsx';
import { type OpenConversationProps, useOpenConversation } from './use-open-conversation.ts';
import { useReplica } from './use-replica.ts';

const Dialogs = lazyComponent(() => import('./dialogs/dialogs.tsx'), { failed: failedDialog });

function ConversationSkeleton() {
  return (
    <output aria-label="Loading the conversation" className="flex h-full flex-col">
      <span className="flex h-11 items-center border-b border-line px-4">
        <Skeleton className="h-4 w-40" />
      </span>
      <span className="flex h-10 items-center gap-2 border-b border-line px-4">
        <Skeleton className="h-4 w-24" />
        <Skeleton className="h-4 w-24" />
      </span>
      <span className="flex flex-1 flex-col justify-end gap-6 p-10">
        {['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3'].map((width) => (
          <span key={width} className="flex flex-col gap-2">
            <Skeleton className="h-3.5 w-28" />
            <Skeleton className={`h-4 ${width}`} />
          </span>
        ))}
      </span>
    </output>
  );
}

/** @param error null where the address itself names no conversation */
function ConversationUnavailable({ error }: { error: unknown }) {
  const isMissing = error === null || isRefused(error, 'NOT_FOUND', 'INVALID_INPUT');
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        title={isMissing ? 'There is no such conversation.' : 'The conversation could not be read.'}
        action={
          isMissing ? (
            <Link to="/inbox" className="text-accent underline underline-offset-3">
              Back to the inbox
            </Link>
          ) : (
            <Button onClick={() => location.reload()}>Try again</Button>
          )
        }
      >
        {isMissing ? 'It may belong to another tenant, or the link is not whole.' : errorMessage(error)}
      </EmptyState>
    </div>
  );
}

/** Loads a conversation, or says why it cannot. */
export default function ConversationPage() {
  const { conversationId } = useParams({ from: '/inbox/$conversationId' });
  const parsed = ConversationId.safeParse(conversationId);
  if (!parsed.success) return <ConversationUnavailable error={null} />;
  return <LiveConversation key={parsed.data} conversationId={parsed.data} />;
}

function LiveConversation({ conversationId }: { conversationId: ConversationId }) {
  const { replica, state } = useReplica(conversationId);
  if (state.status === 'failed' && state.conversation === null)
    return <ConversationUnavailable error={state.error} />;
  if (replica === null || state.conversation === null) return <ConversationSkeleton />;
  return <OpenConversation replica={replica} state={state} conversation={state.conversation} />;
}

function OpenConversation(props: OpenConversationProps) {
  const { context, dialog, closeDialog, isDetailsOpen, setDetailsOpen, timeline, composer } =
    useOpenConversation(props);
  usePrefetch(Dialogs.preload);

  return (
    <ConversationContext value={context}>
      <ConversationKeys />
      <div className="flex h-full min-h-0">
        <div className="@container flex h-full min-w-0 flex-1 flex-col">
          <ConversationHeader onShowDetails={() => setDetailsOpen(true)} />
          <HandoffChain />
          <Timeline {...timeline} />
          <Composer {...composer} />
        </div>
        <aside
          aria-label="Details"
          className="hidden h-full w-(--panel) shrink-0 overflow-y-auto border-l border-line three:block"
        >
          <DetailsPanel />
        </aside>
      </div>
      <Dialog open={isDetailsOpen} onOpenChange={setDetailsOpen} title="Details" placement="side">
        <DetailsPanel />
      </Dialog>
      {dialog !== null && <Dialogs dialog={dialog} onClose={closeDialog} />}
    </ConversationContext>
  );
}

function ConversationKeys() {
  useConversationActions();
  return null;
}
