import type { Agent, AgentId, ConversationView, Handoff } from '@baton/schema';
import { ArrowRight } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { stageLabels, triggerLabels } from '../format/labels.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { ConfidenceMeter } from '../ui/confidence.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { TextArea } from '../ui/text-field.tsx';
import { Time } from '../ui/time.tsx';
import { ConversationLink } from './conversation-link.tsx';
import { HandoffBrief } from './handoff-brief.tsx';
import { mayAccept, mayDecline } from './handoff-permissions.ts';
import { PagedRows } from '../lists/paged-rows.tsx';
import { RowsLoading } from './rows-loading.tsx';
import { type HandoffResponse, usePendingHandoffs } from './use-pending-handoffs.ts';
import { useMay } from '../session/session-context.ts';

/** Newest first, those to an agent's queues included. */
export function PendingHandoffs({ agentId }: { agentId: AgentId | undefined }) {
  const list = useRef<HTMLDivElement>(null);
  const work = usePendingHandoffs(agentId, list);
  return (
    <div ref={list}>
      <PagedRows
        {...work.pages}
        items={work.handoffs}
        loading={<RowsLoading label="Loading handoffs" rows={2} />}
        empty={<p className="px-4 py-3 text-ink-3">No handoff waits for an answer.</p>}
      >
        {(waiting) => (
          <ul>
            {waiting.map((handoff) => (
              <HandoffRow
                key={handoff.id}
                handoff={handoff}
                conversation={work.conversations.get(handoff.conversationId)}
                isEnded={work.isEnded(handoff)}
                recipient={work.recipientOf(handoff)}
                me={work.me}
                error={work.errors.get(handoff.id)}
                onAnswer={(given) => void work.respond(handoff, given)}
              />
            ))}
          </ul>
        )}
      </PagedRows>
    </div>
  );
}

type HandoffRowProps = {
  handoff: Handoff;
  conversation: ConversationView | undefined;
  /** It is shown only so that the other rows stay in place. */
  isEnded: boolean;
  recipient: Agent | undefined;
  me: AgentId;
  error: string | undefined;
  onAnswer: (answer: HandoffResponse) => void;
};

function HandoffRow(props: HandoffRowProps) {
  const { handoff, conversation, isEnded, recipient, me, error, onAnswer } = props;
  const [isDeclining, setDeclining] = useState(false);
  const mayWork = useMay('handoffs.accept');
  const isAcceptable = mayWork && mayAccept(handoff, me, recipient);
  return (
    <li
      inert={isEnded}
      className="grid gap-x-4 gap-y-1.5 border-b border-line px-4 py-2.5 inert:opacity-50 two:grid-cols-[minmax(0,1fr)_auto]"
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <ConversationLink conversationId={handoff.conversationId} conversation={conversation} />
          <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
            <AgentLabel agentId={handoff.from} isKindShown={false} />
            <ArrowRight size={16} className="shrink-0 text-ink-3" role="img" aria-label="to" />
            <AgentLabel agentId={handoff.to} isKindShown={false} />
          </span>
        </p>
        <p className="text-ink">{handoff.reason}</p>
        <p className="flex flex-wrap items-center gap-x-3 text-meta text-ink-3">
          <span>{triggerLabels[handoff.trigger]}</span>
          <ConfidenceMeter value={handoff.confidence} />
          {handoff.stage !== null && <span>moves to {stageLabels[handoff.stage]}</span>}
          <span>
            asked <Time at={handoff.requestedAt} />
          </span>
          {handoff.expiresAt !== null && (
            <span>
              expires <Time at={handoff.expiresAt} />
            </span>
          )}
        </p>
        {handoff.brief !== null && (
          <HandoffBrief brief={handoff.brief} conversationId={handoff.conversationId} />
        )}
        {error !== undefined && <Notice message={`Taken back: ${error}`} className="mt-1" />}
      </div>
      <div className="flex items-start gap-2">
        {isEnded ? (
          <span>Ended</span>
        ) : isAcceptable ? (
          <>
            {mayDecline(handoff, me) && <Button onClick={() => setDeclining(true)}>Decline</Button>}
            <Button variant="primary" onClick={() => onAnswer({ kind: 'accept' })}>
              Accept
            </Button>
          </>
        ) : (
          <span className="text-meta text-ink-3">{recipient?.name ?? handoff.to} is to answer</span>
        )}
      </div>
      {isDeclining && (
        <DeclineDialog
          onClose={() => setDeclining(false)}
          onDecline={(reason) => {
            setDeclining(false);
            onAnswer({ kind: 'decline', reason });
          }}
        />
      )}
    </li>
  );
}

function DeclineDialog({ onClose, onDecline }: { onClose: () => void; onDecline: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  function submit(event: FormEvent): void {
    event.preventDefault();
    onDecline(reason);
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Decline the handoff"
      description="Whoever asked keeps the conversation and reads your reason."
    >
      <form onSubmit={submit}>
        <TextArea
          label="Reason (may stay empty)"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" variant="primary">
            Decline
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
