import { batonError, type ConversationReplica, isRefused, type ReplicaState } from '@baton/client';
import { type Conversation, ConversationId, type Evidence } from '@baton/schema';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { usePrefetch } from '../use-prefetch.ts';
import { errorMessage } from '../format/error-message.ts';
import { useMe } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { createCommands } from './commands.ts';
import { Composer } from './composer.tsx';
import { useConversationActions } from './conversation-actions.ts';
import {
  ConversationContext,
  type ConversationContextValue,
  type OpenDialog,
} from './conversation-context.ts';
import { ConversationHeader } from './conversation-header.tsx';
import { type ComposerMode } from './drafts.ts';
import { DetailsPanel } from './details/details-panel.tsx';
import { HandoffChain } from './handoff-chain.tsx';
import { Timeline } from './timeline.tsx';
import { useReplica } from './use-replica.ts';

const importDialogs = () => import('./dialogs/dialogs.tsx');
const Dialogs = lazy(importDialogs);

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

/** One conversation: the timeline with the band and the relay, the composer, and the panel of all that is known. */
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

type OpenConversationProps = {
  replica: ConversationReplica;
  state: ReplicaState;
  conversation: Conversation;
};

function OpenConversation({ replica, state, conversation }: OpenConversationProps) {
  const me = useMe();
  const { at } = useSearch({ from: '/inbox' });
  const commands = useMemo(
    () => createCommands(replica, conversation.id, me.id),
    [replica, conversation.id, me.id],
  );
  const [notice, setNotice] = useState<string | null>(null);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [isPanelOpen, setPanelOpen] = useState(false);
  const [mode, setMode] = useState<ComposerMode>('reply');
  const [jumpTarget, setJumpTarget] = useState<Evidence | null>(null);
  const [isLoadingEarlier, setLoadingEarlier] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  const showReadError = useCallback(
    (error: unknown) => setNotice(`Earlier entries could not be read. ${errorMessage(error)}`),
    [],
  );

  const loadEarlier = useCallback(async () => {
    setLoadingEarlier(true);
    try {
      await replica.loadEarlier();
    } catch (error) {
      showReadError(error);
    } finally {
      setLoadingEarlier(false);
    }
  }, [replica, showReadError]);

  const jumpTo = useCallback(
    async (target: Evidence) => {
      while (replica.state.hasEarlier && (replica.state.entries[0]?.seq ?? 0) > target.seq)
        await replica.loadEarlier();
      // Two frames: what was just read is drawn first.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          document.getElementById(`entry-${target.seq}`)?.scrollIntoView({ block: 'center' });
          setJumpTarget(target);
        }),
      );
    },
    [replica],
  );

  // The address names an entry: a link from a search, or one that somebody copied.
  useEffect(() => {
    if (at !== undefined) jumpTo({ seq: at }).catch(showReadError);
  }, [at, jumpTo, showReadError]);

  const runCommand = useCallback(async (action: string, command: () => Promise<unknown>) => {
    setNotice(null);
    try {
      await command();
      return true;
    } catch (error) {
      setNotice(`${action} ${batonError(error) === null ? 'failed' : 'was refused'}. ${errorMessage(error)}`);
      return false;
    }
  }, []);

  const view: ConversationContextValue = {
    conversation,
    entries: state.entries,
    pending: state.pending,
    hasEarlier: state.hasEarlier,
    commands,
    runCommand,
    openDialog: setDialog,
    jumpTo: (seq, quote) => {
      setPanelOpen(false);
      jumpTo({ seq, ...quote }).catch(showReadError);
    },
    focusComposer: (next) => {
      setMode(next);
      field.current?.focus();
    },
  };

  usePrefetch(importDialogs);

  return (
    <ConversationContext value={view}>
      <ConversationKeys />
      <div className="flex h-full min-h-0">
        <div className="@container flex h-full min-w-0 flex-1 flex-col">
          <ConversationHeader onShowDetails={() => setPanelOpen(true)} />
          <HandoffChain />
          <Timeline jumpTarget={jumpTarget} onLoadEarlier={loadEarlier} isLoadingEarlier={isLoadingEarlier} />
          <Composer mode={mode} onMode={setMode} field={field} notice={notice} onNotice={setNotice} />
        </div>
        <aside
          aria-label="Details"
          className="hidden h-full w-(--panel) shrink-0 overflow-y-auto border-l border-line three:block"
        >
          <DetailsPanel />
        </aside>
      </div>
      <Dialog open={isPanelOpen} onOpenChange={setPanelOpen} title="Details" placement="side">
        <DetailsPanel />
      </Dialog>
      {dialog !== null && (
        <Suspense>
          <Dialogs dialog={dialog} onClose={() => setDialog(null)} />
        </Suspense>
      )}
    </ConversationContext>
  );
}

/** Registers the conversation's keys inside its context. */
function ConversationKeys() {
  useConversationActions();
  return null;
}
