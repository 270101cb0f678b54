import type { ConversationView, MessageHit } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { channelLabels, statusLabels } from '../format/labels.ts';
import { ActorLabel, ParticipantLabel } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { StageBar } from '../ui/stage-bar.tsx';
import { Time } from '../ui/time.tsx';
import { rowTargetProps } from '../keys/use-row-keys.ts';
import { excerpt } from './highlight.ts';
import { Highlighted } from './highlighted.tsx';
import { contactName } from '../format/contact-name.ts';

export type HitRowProps = {
  hit: MessageHit;
  /** Undefined while loading. */
  conversation: ConversationView | undefined;
  children?: ReactNode;
};

/** Opens the conversation at the message. */
export function HitRow({ hit, conversation, children }: HitRowProps) {
  const { message, highlights } = hit;
  const contact = conversation === undefined ? undefined : contactName(conversation);
  return (
    <li className="relative border-b border-line px-4 py-3 focus-within:bg-hover hover:bg-hover two:px-6">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <Link
          {...rowTargetProps}
          to="/inbox/$conversationId"
          params={{ conversationId: message.conversationId }}
          search={{ status: 'any', at: message.seq }}
          className="truncate font-semibold outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {contact ?? 'Conversation'}
        </Link>
        {conversation !== undefined && (
          <>
            <StageBar stage={conversation.stage} className="text-ink-2" />
            <span className="text-ink-3">{channelLabels[conversation.channel]}</span>
            {conversation.status !== 'active' && <Badge>{statusLabels[conversation.status]}</Badge>}
          </>
        )}
      </p>
      <p className="mt-1 max-w-[80ch] text-message break-words">
        <Highlighted segments={excerpt(message.text, highlights)} />
      </p>
      <p className="mt-1 flex flex-wrap items-center gap-x-3 text-ink-2">
        {message.author.kind === 'customer' ? (
          <ParticipantLabel kind="customer" name="Customer" isKindShown={false} />
        ) : (
          <ActorLabel actor={message.author} customer={contact ?? 'Customer'} />
        )}
        {message.visibility === 'internal' && (
          <span className="rounded-[4px] border border-dashed border-line-strong px-1 text-meta">
            Internal
          </span>
        )}
        {children}
        <span className="relative z-10 ml-auto text-ink-3">
          <Time at={message.at} />
        </span>
      </p>
    </li>
  );
}
