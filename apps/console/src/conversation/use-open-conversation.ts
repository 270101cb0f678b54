import { batonError, type ConversationReplica, type ReplicaState } from '@baton/client';
import type { ConversationView, Evidence } from '@baton/schema';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { typeAhead } from '../keys/type-ahead.ts';
import { useMe } from '../session/session-context.ts';
import { createCommands } from './commands.ts';
import type { ConversationContextValue, OpenDialog } from './conversation-context.ts';
import type { ComposerMode } from './drafts.ts';
import { useFeedResumed } from '../live/live-provider.tsx';
import { useInboxParams } from '../inbox/use-inbox-params.ts';

export type OpenConversationProps = {
  replica: ConversationReplica;
  state: ReplicaState;
  conversation: ConversationView;
};

/** The state of an open conversation: commands, dialog, jump target, composer. */
export function useOpenConversation({ replica, state, conversation }: OpenConversationProps) {
  const me = useMe();
  const { at } = useInboxParams();
  const commands = useMemo(
    () => createCommands(replica, conversation.id, me.id),
    [replica, conversation.id, me.id],
  );
  const [notice, setNotice] = useState<string | null>(null);
  // What failed while the server was away is no longer so once it is back.
  useFeedResumed(() => setNotice(null));
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [isDetailsOpen, setDetailsOpen] = useState(false);
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
      // Waits two frames, until new entries are drawn.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          document.getElementById(`entry-${target.seq}`)?.scrollIntoView({ block: 'center' });
          setJumpTarget(target);
        }),
      );
    },
    [replica],
  );

  // The address may name an entry, as links from the search do.
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

  const context: ConversationContextValue = {
    conversation,
    entries: state.entries,
    pending: state.pending,
    hasEarlier: state.hasEarlier,
    commands,
    runCommand,
    openDialog: (next) => {
      typeAhead.begin();
      setDialog(next);
    },
    jumpTo: (seq, quote) => {
      setDetailsOpen(false);
      jumpTo({ seq, ...quote }).catch(showReadError);
    },
    focusComposer: (next) => {
      setMode(next);
      field.current?.focus();
    },
  };

  return {
    context,
    dialog,
    closeDialog: () => {
      typeAhead.end();
      setDialog(null);
    },
    isDetailsOpen,
    setDetailsOpen,
    timeline: { jumpTarget, isLoadingEarlier, onLoadEarlier: loadEarlier },
    composer: { mode, onMode: setMode, field, notice, onNotice: setNotice },
  };
}
