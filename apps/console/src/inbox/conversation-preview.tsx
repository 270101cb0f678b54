import type { ConversationView, LastMessage } from '@baton/schema';
import { kindLabels } from '../agents/agent-label.tsx';
import { useAgents } from '../agents/use-agents.ts';
import { useMe } from '../session/session-context.ts';

type ConversationPreviewed = Pick<ConversationView, 'lastMessage' | 'lastPublicMessage'>;

function MessagePreview({ message: { author, preview } }: { message: LastMessage }) {
  const me = useMe();
  const agents = useAgents();
  const who =
    author.agentId === me.id ? 'You' : author.agentId === undefined ? null : agents.nameOf(author.agentId);
  return (
    <>
      {author.kind !== 'customer' && (
        <span className="text-ink-3">{who ?? kindLabels[author.kind === 'tool' ? 'tool' : 'system']}: </span>
      )}
      {preview === '' ? <span className="text-ink-3">Redacted</span> : <bdi>{preview}</bdi>}
    </>
  );
}

/** An internal note says so, and stands beside the last message that the customer may see. */
export function ConversationPreview({ conversation }: { conversation: ConversationPreviewed }) {
  const { lastMessage, lastPublicMessage } = conversation;
  if (lastMessage === null) return <span className="text-ink-3">Nothing was said yet</span>;
  if (lastPublicMessage === undefined) return <MessagePreview message={lastMessage} />;
  return (
    <span className="flex items-baseline gap-2">
      {lastPublicMessage !== null && (
        <span className="min-w-0 flex-1 truncate">
          <MessagePreview message={lastPublicMessage} />
        </span>
      )}
      <span className="max-w-[60%] min-w-0 flex-1 truncate rounded-[4px] border border-dashed border-line-strong px-1 text-meta">
        <span className="text-ink-3">Internal · </span>
        <MessagePreview message={lastMessage} />
      </span>
    </span>
  );
}
