import { batonError, type ConversationReplica, isRefused, type ReplicaState } from '@baton/client';
import { type Conversation, ConversationId, type Evidence } from '@baton/schema';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useFetchedAhead } from '../use-prefetch.ts';
import { reasonOf } from '../format/error-message.ts';
import { useMe } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { commandsOf } from './commands.ts';
import { Composer } from './composer.tsx';
import { useConversationActions } from './conversation-actions.ts';
import { ConversationContext, type ConversationView, type OpenDialog } from './conversation-context.ts';
import { ConversationHead } from './conversation-head.tsx';
import { type Mode } from './drafts.ts';
import { Panel } from './details/details-panel.tsx';
import { Relay } from './handoff-chain.tsx';
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
function NotShown({ error }: { error: unknown }) {
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
        {isMissing ? 'It may belong to another tenant, or the link is not whole.' : reasonOf(error)}
      </EmptyState>
    </div>
  );
}

/** One conversation: the timeline with the band and the relay, the composer, and the panel of all that is known. */
export default function ConversationPage() {
  const { conversationId } = useParams({ from: '/inbox/$conversationId' });
  const parsed = ConversationId.safeParse(conversationId);
  if (!parsed.success) return <NotShown error={null} />;
  return <Watched key={parsed.data} conversationId={parsed.data} />;
}

function Watched({ conversationId }: { conversationId: ConversationId }) {
  const { replica, state } = useReplica(conversationId);
  if (state.status === 'failed' && state.conversation === null) return <NotShown error={state.error} />;
  if (replica === null || state.conversation === null) return <ConversationSkeleton />;
  return <Open replica={replica} state={state} conversation={state.conversation} />;
}

type OpenProps = { replica: ConversationReplica; state: ReplicaState; conversation: Conversation };

function Open({ replica, state, conversation }: OpenProps) {
  const me = useMe();
  const { at } = useSearch({ from: '/inbox' });
  const commands = useMemo(
    () => commandsOf(replica, conversation.id, me.id),
    [replica, conversation.id, me.id],
  );
  const [notice, setNotice] = useState<string | null>(null);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [isPanelOpen, setPanelOpen] = useState(false);
  const [mode, setMode] = useState<Mode>('reply');
  const [landed, setLanded] = useState<Evidence | null>(null);
  const [isReadingEarlier, setReadingEarlier] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  const sayNotRead = useCallback(
    (error: unknown) => setNotice(`Earlier entries could not be read. ${reasonOf(error)}`),
    [],
  );

  const readEarlier = useCallback(async () => {
    setReadingEarlier(true);
    try {
      await replica.loadEarlier();
    } catch (error) {
      sayNotRead(error);
    } finally {
      setReadingEarlier(false);
    }
  }, [replica, sayNotRead]);

  const jumpTo = useCallback(
    async (place: Evidence) => {
      while (replica.state.hasEarlier && (replica.state.entries[0]?.seq ?? 0) > place.seq)
        await replica.loadEarlier();
      // Two frames: what was just read is drawn first.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          document.getElementById(`entry-${place.seq}`)?.scrollIntoView({ block: 'center' });
          setLanded(place);
        }),
      );
    },
    [replica],
  );

  // The address names an entry: a link from a search, or one that somebody copied.
  useEffect(() => {
    if (at !== undefined) jumpTo({ seq: at }).catch(sayNotRead);
  }, [at, jumpTo, sayNotRead]);

  const attempt = useCallback(async (words: string, command: () => Promise<unknown>) => {
    setNotice(null);
    try {
      await command();
      return true;
    } catch (error) {
      setNotice(`${words} ${batonError(error) === null ? 'failed' : 'was refused'}. ${reasonOf(error)}`);
      return false;
    }
  }, []);

  const view: ConversationView = {
    conversation,
    entries: state.entries,
    pending: state.pending,
    hasEarlier: state.hasEarlier,
    commands,
    attempt,
    open: setDialog,
    jumpTo: (seq, words) => {
      setPanelOpen(false);
      jumpTo({ seq, ...words }).catch(sayNotRead);
    },
    write: (next) => {
      setMode(next);
      field.current?.focus();
    },
  };

  useFetchedAhead(importDialogs);

  return (
    <ConversationContext value={view}>
      <Keys />
      <div className="flex h-full min-h-0">
        <div className="@container flex h-full min-w-0 flex-1 flex-col">
          <ConversationHead onPanel={() => setPanelOpen(true)} />
          <Relay />
          <Timeline landed={landed} onEarlier={readEarlier} isReadingEarlier={isReadingEarlier} />
          <Composer mode={mode} onMode={setMode} field={field} notice={notice} onNotice={setNotice} />
        </div>
        <aside
          aria-label="Details"
          className="hidden h-full w-(--panel) shrink-0 overflow-y-auto border-l border-line three:block"
        >
          <Panel />
        </aside>
      </div>
      <Dialog open={isPanelOpen} onOpenChange={setPanelOpen} title="Details" form="side">
        <Panel />
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
function Keys() {
  useConversationActions();
  return null;
}
