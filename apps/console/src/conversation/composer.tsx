import { type AgentId, MESSAGE_TEXT_LIMIT } from '@baton/schema';
import { CornerDownLeft, Lock } from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { statusLabels } from '../format/labels.ts';
import { keyMap } from '../keys/key-map.ts';
import { kindLabels } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Notice } from '../ui/notice.tsx';
import { OwnerIcon, bandGrid, bandColors } from './owner-band.tsx';
import { useConversation } from './conversation-context.ts';
import type { ComposerMode } from './drafts.ts';
import { TIMELINE_ID } from './use-scroll-anchor.ts';
import type { ReplyPermission } from './reply-permission.ts';
import { useSendReasons } from './use-send-reasons.ts';
import { useDraft } from './use-draft.ts';
import { contactName } from '../format/contact-name.ts';
import { exactTime } from '../format/time.ts';
import { useTakeOver } from './use-take-over.ts';
import { useMay } from '../session/session-context.ts';

function ReplyPermissionLine({ permission, mode }: { permission: ReplyPermission; mode: ComposerMode }) {
  const { conversation, commands, runCommand } = useConversation();
  const takeOver = useTakeOver();
  const mayWork = useMay('messages.append');
  const agents = useAgents();
  const pending = conversation.pendingHandoff;

  if (!mayWork) return <span>Your role reads conversations, and does not write.</span>;
  if (permission.state === 'closed') {
    return (
      <>
        <span>
          This conversation is {statusLabels[permission.status].toLowerCase()}. Reopen it to say more.
        </span>
        <Button className="ml-auto" onClick={() => void runCommand('Reopening', commands.reopen)}>
          Reopen
        </Button>
      </>
    );
  }
  if (mode === 'note') return <span>Only your team sees a note, whoever holds the conversation.</span>;
  if (permission.state === 'other') {
    return (
      <>
        <span>
          <span className="font-semibold">{agents.nameOf(permission.owner)}</span> (
          {kindLabels[permission.ownerKind]}) holds this conversation.
        </span>
        <Button variant="primary" keys={keyMap.takeOver.keys} className="ml-auto" onClick={takeOver}>
          Take over
        </Button>
      </>
    );
  }
  return (
    <>
      <span>
        <span className="font-semibold">You</span> hold it.{' '}
        {pending !== null && pending.from === conversation.owner.agentId
          ? `${agents.nameOf(pending.to)} was asked to take it; you speak until then.`
          : permission.refused !== null && (
              <>
                <span className="font-semibold">{agents.nameOf(permission.refused)}</span>’s next reply will
                be refused.
              </>
            )}
      </span>
      {permission.giveBackTo !== null && (
        <Button
          className="ml-auto"
          onClick={() => void runCommand('Giving it back', () => commands.release())}
        >
          Give back to {agents.nameOf(permission.giveBackTo)}
        </Button>
      )}
    </>
  );
}

/** Why a reply would be refused now: quiet hours, a window that is closed. */
function SendNotice() {
  const { conversation } = useConversation();
  const reasons = useSendReasons(conversation.id);
  return (
    <>
      {reasons.map(({ code, message, until }) => (
        <Notice
          key={code}
          message={until === undefined ? message : `${message}. Until ${exactTime(until)}`}
          className="mb-2"
        />
      ))}
    </>
  );
}

/** The owner band continued from the timeline to the current owner. */
function CurrentOwner({ agentId, isClosed }: { agentId: AgentId; isClosed: boolean }) {
  const agents = useAgents();
  const kind = agents.kindOf(agentId);
  return (
    <div aria-hidden className="relative">
      <span
        className={classNames('absolute top-0 right-[18px] h-4 w-1', isClosed ? 'bg-line' : bandColors[kind])}
      />
      <div className="absolute top-3 right-2">
        <OwnerIcon kind={kind} />
      </div>
    </div>
  );
}

export type ComposerProps = {
  mode: ComposerMode;
  onMode: (mode: ComposerMode) => void;
  field: RefObject<HTMLTextAreaElement | null>;
  notice: string | null;
  onNotice: (notice: string | null) => void;
};

/** Says first who may reply. A refused draft stays, with the reason. */
export function Composer({ mode, onMode, field, notice, onNotice }: ComposerProps) {
  const { conversation } = useConversation();
  const mayWork = useMay('messages.append');
  const { permission, text, isClosed, isTakingOver, canSend, change, send } = useDraft({
    mode,
    field,
    onNotice,
  });

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') document.getElementById(TIMELINE_ID)?.focus({ preventScroll: true });
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  return (
    <form
      aria-label="Write"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      className={classNames(
        '@container shrink-0 border-t bg-surface',
        mode === 'note' && !isClosed ? 'border-dashed border-line-strong' : 'border-line',
      )}
    >
      <div className={bandGrid}>
        <CurrentOwner agentId={conversation.owner.agentId} isClosed={isClosed} />
        <div className="max-w-[568px] min-w-0 pt-2.5 pr-4 pb-3">
          {mode === 'reply' && !isClosed && <SendNotice />}
          {notice !== null && <Notice message={notice} onDismiss={() => onNotice(null)} className="mb-2" />}
          <div aria-live="polite" className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
            <ReplyPermissionLine permission={permission} mode={mode} />
          </div>
          {!isClosed && mayWork && (
            <div
              className={classNames(
                'mt-2 rounded-[8px] border bg-surface focus-within:outline-2 focus-within:outline-accent',
                mode === 'note' ? 'border-dashed border-field-line' : 'border-field-line',
              )}
            >
              <textarea
                ref={field}
                value={text}
                rows={2}
                onChange={(event) => change(event.target.value)}
                onKeyDown={onKeyDown}
                aria-label={mode === 'note' ? 'Internal note' : `Reply to ${contactName(conversation)}`}
                placeholder={mode === 'note' ? 'A note for your team' : 'Reply to the customer'}
                className="block field-sizing-content max-h-[38vh] min-h-16 w-full resize-none bg-transparent px-3 py-2 text-message outline-none"
              />
              <div className="flex items-center gap-1 px-1.5 pb-1.5">
                <fieldset aria-label="What it is" className="flex gap-0.5">
                  {(['reply', 'note'] as const).map((each) => (
                    <Button
                      key={each}
                      variant="quiet"
                      aria-pressed={mode === each}
                      keys={keyMap[each].keys}
                      icon={each === 'note' && <Lock size={14} aria-hidden />}
                      onClick={() => {
                        onMode(each);
                        field.current?.focus();
                      }}
                      className={mode === each ? 'bg-hover text-ink!' : undefined}
                    >
                      {each === 'reply' ? 'Reply' : 'Note'}
                    </Button>
                  ))}
                </fieldset>
                {text.length > MESSAGE_TEXT_LIMIT && (
                  <span className="ml-2 text-meta text-ink">
                    {(text.length - MESSAGE_TEXT_LIMIT).toLocaleString('en')} characters too long
                  </span>
                )}
                <Button
                  variant={isTakingOver ? 'plain' : 'primary'}
                  type="submit"
                  disabled={!canSend}
                  icon={<CornerDownLeft size={14} aria-hidden />}
                  className="ml-auto"
                >
                  {mode === 'note' ? 'Add note' : isTakingOver ? 'Take over and send' : 'Send'}
                </Button>
              </div>
            </div>
          )}
        </div>
      </div>
    </form>
  );
}
