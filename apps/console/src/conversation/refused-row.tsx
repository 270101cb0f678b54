import type { RefusedMessage } from '@baton/schema';
import { Ban } from 'lucide-react';
import { useAgents } from '../agents/use-agents.ts';
import { useMe } from '../session/session-context.ts';
import { Time } from '../ui/time.tsx';

/** Faint, because the customer never saw it. */
export function RefusedRow({ message }: { message: RefusedMessage }) {
  const { agentId, ownerId, text, at, reason } = message;
  const agents = useAgents();
  const me = useMe();
  const holder = ownerId === me.id ? 'you' : agents.nameOf(ownerId);
  const held =
    ownerId === agentId ? 'the conversation had changed hands meanwhile' : `${holder} held the conversation`;
  return (
    <li className="py-1 pr-4 text-ink-3">
      <p className="flex max-w-[552px] items-start gap-2">
        <Ban size={16} strokeWidth={1.5} aria-hidden className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">
          <span className="mr-1">
            {agents.nameOf(agentId)}’s reply was refused
            {reason === undefined ? `, because ${held}` : `: ${reason}`}.
          </span>{' '}
          <Time at={at} form="short" className="text-meta whitespace-nowrap" />
        </span>
      </p>
      {text !== '' && (
        <p className="ml-6 max-w-[534px] text-message break-words whitespace-pre-wrap">{text}</p>
      )}
    </li>
  );
}
