import { isRefused } from '@baton/client';
import { MESSAGE_TEXT_LIMIT } from '@baton/schema';
import { type RefObject, useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { errorMessage } from '../format/error-message.ts';
import { useMe } from '../session/session-context.ts';
import { useConversation } from './conversation-context.ts';
import { type ComposerMode, drafts } from './drafts.ts';
import { replyPermissionOf } from './reply-permission.ts';

export type DraftOptions = {
  mode: ComposerMode;
  field: RefObject<HTMLTextAreaElement | null>;
  onNotice: (notice: string | null) => void;
};

/** The reply and the note being written. A refused draft is restored. */
export function useDraft({ mode, field, onNotice }: DraftOptions) {
  const { conversation, commands, openDialog } = useConversation();
  const agents = useAgents();
  const me = useMe();
  const [texts, setTexts] = useState(() => ({
    reply: drafts.read(conversation.id, 'reply'),
    note: drafts.read(conversation.id, 'note'),
  }));
  const permission = replyPermissionOf(conversation, me.id, agents.kindOf);
  const text = conversation.erasedAt === undefined ? texts[mode] : '';
  const isClosed = permission.state === 'closed';
  const isTakingOver = mode === 'reply' && permission.state === 'other';
  const canSend = !isClosed && text.trim() !== '' && text.length <= MESSAGE_TEXT_LIMIT;

  function change(at: ComposerMode, next: string): void {
    setTexts((before) => ({ ...before, [at]: next }));
    drafts.write(conversation.id, at, next);
  }

  async function send(): Promise<void> {
    if (!canSend) return;
    // Taking it from a person asks for a reason first; the words are sent then.
    if (isTakingOver && permission.ownerKind === 'human')
      openDialog({
        name: 'takeOver',
        onTaken: (ownerEpoch) => void sendAs(() => Promise.resolve(ownerEpoch)),
      });
    else if (isTakingOver) await sendAs(async () => (await commands.takeOver()).conversation.owner.epoch);
    else await sendAs(() => Promise.resolve(conversation.owner.epoch));
  }

  /** @param epochOf of the ownership under which it is said */
  async function sendAs(epochOf: () => Promise<number>): Promise<void> {
    onNotice(null);
    change(mode, '');
    try {
      const epoch = await epochOf();
      await commands.sendMessage({
        text,
        visibility: mode === 'note' ? 'internal' : 'public',
        ...(mode === 'reply' && { ownerEpoch: epoch }),
      });
    } catch (error) {
      // Text typed meanwhile is kept below the refused text.
      setTexts((before) => {
        const kept = before[mode] === '' ? text : `${text}\n${before[mode]}`;
        drafts.write(conversation.id, mode, kept);
        return { ...before, [mode]: kept };
      });
      const isOvertaken = isRefused(error, 'STALE_OWNER', 'NOT_OWNER');
      onNotice(`Not sent. ${errorMessage(error)}${isOvertaken ? ' Your words are kept.' : ''}`);
    }
    field.current?.focus();
  }

  return {
    permission,
    text,
    isClosed,
    isTakingOver,
    canSend,
    change: (next: string) => change(mode, next),
    send,
  };
}
