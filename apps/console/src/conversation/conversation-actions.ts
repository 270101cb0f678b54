import { isClosed } from '@baton/domain';
import { useNavigate } from '@tanstack/react-router';
import type { Action } from '../keys/action-store.ts';
import { useActions } from '../keys/actions.tsx';
import { keyMap } from '../keys/key-map.ts';
import { useMayErase } from '../privacy/contact-actions.tsx';
import { namedContactOf } from '../privacy/named-contact.ts';
import { useActsForOthers, useMay, useMe } from '../session/session-context.ts';
import { useConversation } from './conversation-context.ts';
import { currentTextSelection } from './text-selection.ts';
import { useTakeOver } from './use-take-over.ts';
import { useInboxParams } from '../inbox/use-inbox-params.ts';

const CLOSED = 'The conversation is closed';

export function useConversationActions(): void {
  const { conversation, commands, runCommand, openDialog, focusComposer } = useConversation();
  const takeOver = useTakeOver();
  const me = useMe();
  const navigate = useNavigate();
  const search = useInboxParams();
  const isConversationClosed = isClosed(conversation);
  const blocked = isConversationClosed ? CLOSED : undefined;
  const isMine = conversation.owner.agentId === me.id;
  const isPaused = conversation.status === 'paused' || conversation.status === 'scheduled';
  const pending = conversation.pendingHandoff;
  const mayWork = useMay('messages.append');
  const mayExport = useMay('privacy.exportContact');
  const mayErase = useMayErase();
  const actsForOthers = useActsForOthers();
  const notMine = isMine || actsForOthers ? undefined : 'Somebody else holds it: take it over first';

  const back = {
    ...keyMap.back,
    group: undefined,
    run: () => {
      // Escape clears a text selection first.
      if (currentTextSelection() !== null) getSelection()?.removeAllRanges();
      else void navigate({ to: '/inbox', search: { ...search, at: undefined } });
    },
  };
  const work: Action[] = [
    { ...keyMap.reply, blockedReason: blocked, run: () => focusComposer('reply') },
    { ...keyMap.note, blockedReason: blocked, run: () => focusComposer('note') },
    {
      ...keyMap.takeOver,
      blockedReason: blocked ?? (isMine ? 'You hold it already' : undefined),
      run: takeOver,
    },
    {
      label: 'Give it back',
      group: 'Conversation',
      blockedReason: blocked ?? (isMine ? undefined : 'Somebody else holds it'),
      run: () => void runCommand('Giving it back', () => commands.release()),
    },
    {
      ...keyMap.handOver,
      blockedReason: blocked ?? (pending?.to === me.id ? 'You were asked to take it' : notMine),
      run: () => openDialog({ name: 'handOver' }),
    },
    { ...keyMap.stage, run: () => openDialog({ name: 'stage' }) },
    {
      ...keyMap.qualification,
      run: () => openDialog({ name: 'qualification', evidence: currentTextSelection()?.evidence }),
    },
    { ...keyMap.followUp, run: () => openDialog({ name: 'followUp' }) },
    { label: 'Note an objection', group: 'Conversation', run: () => openDialog({ name: 'raise' }) },
    { label: 'Change the deal', group: 'Conversation', run: () => openDialog({ name: 'deal' }) },
    { label: 'Change tags', group: 'Conversation', run: () => openDialog({ name: 'tags' }) },
    { ...keyMap.close, blockedReason: blocked, run: () => openDialog({ name: 'close' }) },
    ...(isPaused
      ? [{ label: 'Resume', group: 'Conversation', run: () => void runCommand('Resuming', commands.resume) }]
      : [
          {
            label: 'Pause',
            group: 'Conversation',
            blockedReason: blocked,
            run: () => void runCommand('Pausing', () => commands.pause()),
          },
          {
            label: 'Pause until …',
            group: 'Conversation',
            blockedReason: blocked,
            run: () => openDialog({ name: 'pause' }),
          },
        ]),
    ...(isConversationClosed
      ? [{ label: 'Reopen', group: 'Conversation', run: () => void runCommand('Reopening', commands.reopen) }]
      : []),
    ...(pending !== null && pending.to === me.id
      ? [
          {
            label: 'Accept the handoff',
            group: 'Conversation',
            run: () => void runCommand('Accepting', () => commands.acceptHandoff(pending.id)),
          },
        ]
      : []),
  ];
  const contact = namedContactOf(conversation);
  const gone = conversation.erasedAt === undefined ? undefined : 'The contact is erased';
  const privacy: Action[] = [
    ...(mayExport
      ? [
          {
            label: 'Export the contact',
            group: 'Conversation',
            blockedReason: gone,
            run: () => openDialog({ name: 'exportContact', contact }),
          },
        ]
      : []),
    ...(mayErase
      ? [
          {
            label: 'Erase the contact',
            group: 'Conversation',
            blockedReason: gone,
            run: () => openDialog({ name: 'eraseContact', contact }),
          },
        ]
      : []),
  ];
  useActions(mayWork ? [back, ...work, ...privacy] : [back, ...privacy]);
}
