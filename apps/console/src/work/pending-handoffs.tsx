import type { Agent, AgentId, Conversation, Handoff } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { stageLabels, triggerLabels } from '../format/labels.ts';
import { useMe } from '../session/session-context.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { ConfidenceMeter } from '../ui/confidence.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { TextArea } from '../ui/text-field.tsx';
import { Time } from '../ui/time.tsx';
import { useToast } from '../ui/toast-provider.tsx';
import { ConversationLink } from './conversation-link.tsx';
import { HandoffBrief } from './handoff-brief.tsx';
import { withEntry } from './follow-up-patch.ts';
import { mayAccept, mayDecline } from './handoff-permissions.ts';
import { PagedRows } from './paged-rows.tsx';
import { useConversations } from '../lists/use-conversations.ts';
import { usePages } from '../lists/use-pages.ts';

const PAGE_SIZE = 50;

type HandoffResponse = { kind: 'accept' } | { kind: 'decline'; reason: string };

/** The handoffs that wait for an agent, its queues' too, or for anybody; the newest first. */
export function PendingHandoffs({ agentId }: { agentId: AgentId | undefined }) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const toast = useToast();
  const me = useMe();
  const agents = useAgents();
  const [answered, setAnswered] = useState<ReadonlyMap<string, true>>(new Map());
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const read = usePages({
    queryKey: [...trpc.handoffs.pending.pathKey(), { of: agentId ?? null }],
    read: (cursor, signal) => api.handoffs.pending.query({ agentId, limit: PAGE_SIZE, cursor }, { signal }),
  });
  const handoffs = read.items?.filter(({ id }) => !answered.has(id));
  const conversations = useConversations((handoffs ?? []).map(({ conversationId }) => conversationId));

  async function respond({ id, conversationId }: Handoff, response: HandoffResponse): Promise<void> {
    setAnswered((map) => withEntry(map, id, true));
    setErrors((map) => withEntry(map, id, undefined));
    try {
      if (response.kind === 'accept') {
        await api.handoffs.accept.mutate({ handoffId: id, by: me.id });
        toast({
          message: `You hold ${conversations.get(conversationId)?.contactId ?? 'the conversation'} now.`,
        });
      } else {
        const reason = response.reason.trim();
        await api.handoffs.reject.mutate({ handoffId: id, by: me.id, ...(reason !== '' && { reason }) });
        toast({ message: 'Handoff declined.' });
      }
    } catch (error) {
      setErrors((map) => withEntry(map, id, errorMessage(error)));
    } finally {
      await queryClient.invalidateQueries(trpc.handoffs.pending.pathFilter());
      setAnswered((map) => withEntry(map, id, undefined));
    }
  }

  return (
    <PagedRows
      {...read}
      items={handoffs}
      loading={{ label: 'Loading handoffs', rows: 2 }}
      empty={<p className="px-4 py-3 text-ink-3">No handoff waits for an answer.</p>}
    >
      {(waiting) => (
        <ul>
          {waiting.map((handoff) => (
            <HandoffRow
              key={handoff.id}
              handoff={handoff}
              conversation={conversations.get(handoff.conversationId)}
              recipient={agents.get(handoff.to)}
              me={me.id}
              error={errors.get(handoff.id)}
              onAnswer={(given) => void respond(handoff, given)}
            />
          ))}
        </ul>
      )}
    </PagedRows>
  );
}

type HandoffRowProps = {
  handoff: Handoff;
  conversation: Conversation | undefined;
  /** Whom it was given to. */
  recipient: Agent | undefined;
  me: AgentId;
  error: string | undefined;
  onAnswer: (answer: HandoffResponse) => void;
};

function HandoffRow({ handoff, conversation, recipient, me, error, onAnswer }: HandoffRowProps) {
  const [isDeclining, setDeclining] = useState(false);
  const isAcceptable = mayAccept(handoff, me, recipient);
  return (
    <li className="grid gap-x-4 gap-y-1.5 border-b border-line px-4 py-2.5 two:grid-cols-[minmax(0,1fr)_auto]">
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
        {isAcceptable ? (
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
