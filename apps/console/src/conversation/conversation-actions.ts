import { isClosed } from '@baton/domain';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useActions } from '../keys/actions.tsx';
import { keyMap } from '../keys/key-map.ts';
import { useMe } from '../session/session-context.ts';
import { useConversation } from './conversation-context.ts';
import { currentlyMarked } from './text-selection.ts';

const CLOSED = 'The conversation is closed';

/** The keys and the palette's entries of the open conversation. */
export function useConversationActions(): void {
  const { conversation, commands, attempt, open, write } = useConversation();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ from: '/inbox' });
  const closed = isClosed(conversation);
  const blocked = closed ? CLOSED : undefined;
  const isMine = conversation.owner.agentId === me.id;
  const isPaused = conversation.status === 'paused' || conversation.status === 'scheduled';
  const pending = conversation.pendingHandoff;

  useActions([
    {
      ...keyMap.back,
      group: undefined,
      run: () => {
        // Words that are marked are let go first.
        if (currentlyMarked() !== null) getSelection()?.removeAllRanges();
        else void navigate({ to: '/inbox', search: { ...search, at: undefined } });
      },
    },
    { ...keyMap.reply, blocked, run: () => write('reply') },
    { ...keyMap.note, blocked, run: () => write('note') },
    {
      ...keyMap.takeOver,
      blocked: blocked ?? (isMine ? 'You hold it already' : undefined),
      run: () => void attempt('Taking over', () => commands.takeOver()),
    },
    {
      words: 'Give it back',
      group: 'Conversation',
      blocked: blocked ?? (isMine ? undefined : 'Somebody else holds it'),
      run: () => void attempt('Giving it back', () => commands.release()),
    },
    { ...keyMap.handOver, blocked, run: () => open({ name: 'handOver' }) },
    { ...keyMap.stage, run: () => open({ name: 'stage' }) },
    {
      ...keyMap.qualification,
      run: () => open({ name: 'qualification', evidence: currentlyMarked()?.evidence }),
    },
    { ...keyMap.followUp, run: () => open({ name: 'followUp' }) },
    { words: 'Note an objection', group: 'Conversation', run: () => open({ name: 'raise' }) },
    { words: 'Change the deal', group: 'Conversation', run: () => open({ name: 'deal' }) },
    { words: 'Change tags', group: 'Conversation', run: () => open({ name: 'tags' }) },
    { ...keyMap.close, blocked, run: () => open({ name: 'close' }) },
    isPaused
      ? { words: 'Resume', group: 'Conversation', run: () => void attempt('Resuming', commands.resume) }
      : {
          words: 'Pause',
          group: 'Conversation',
          blocked,
          run: () => void attempt('Pausing', () => commands.pause()),
        },
    ...(closed
      ? [{ words: 'Reopen', group: 'Conversation', run: () => void attempt('Reopening', commands.reopen) }]
      : []),
    ...(pending !== null && pending.to === me.id
      ? [
          {
            words: 'Accept the handoff',
            group: 'Conversation',
            run: () => void attempt('Accepting', () => commands.accept(pending.id)),
          },
        ]
      : []),
  ]);
}
