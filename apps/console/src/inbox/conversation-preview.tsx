import type { AgentId, ConversationView, LastMessage } from '@baton/schema';
import { kindLabels } from '../agents/agent-label.tsx';

type Readers = { me: AgentId; nameOf: (agentId: AgentId) => string };

function MessagePreview({ message: { author, preview }, me, nameOf }: Readers & { message: LastMessage }) {
  const { kind, agentId } = author;
  const who = agentId === me ? 'You' : agentId === undefined ? null : nameOf(agentId);
  return (
    <>
      {kind !== 'customer' && (
        <span className="text-ink-3">{who ?? kindLabels[kind === 'tool' ? 'tool' : 'system']}: </span>
      )}
      {preview === '' ? <span className="text-ink-3">Redacted</span> : <bdi>{preview}</bdi>}
    </>
  );
}

export type ConversationPreviewProps = Readers & {
  conversation: Pick<ConversationView, 'lastMessage' | 'lastPublicMessage'>;
};

/** An internal note says so, and stands beside the last message that the customer may see. */
export function ConversationPreview({ conversation, ...readers }: ConversationPreviewProps) {
  const { lastMessage, lastPublicMessage } = conversation;
  if (lastMessage === null) return <span className="text-ink-3">Nothing was said yet</span>;
  if (lastPublicMessage === undefined) return <MessagePreview message={lastMessage} {...readers} />;
  return (
    <span className="flex items-baseline gap-2">
      {lastPublicMessage !== null && (
        <span className="min-w-0 flex-1 truncate">
          <MessagePreview message={lastPublicMessage} {...readers} />
        </span>
      )}
      <span className="max-w-[60%] min-w-0 flex-1 truncate rounded-[4px] border border-dashed border-line-strong px-1 text-meta">
        <span className="text-ink-3">Internal · </span>
        <MessagePreview message={lastMessage} {...readers} />
      </span>
    </span>
  );
}
