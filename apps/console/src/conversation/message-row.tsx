import type { Evidence, MessageView } from '@baton/schema';
import { CornerUpLeft, Eraser, Link as LinkIcon, Lock, MoreHorizontal, Quote } from 'lucide-react';
import { memo, useMemo } from 'react';
import { formatCost, formatCompact } from '../format/number.ts';
import { formatDuration } from '../format/time.ts';
import { fieldLabels } from '../format/labels.ts';
import { ActorLabel } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { Time } from '../ui/time.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { EntryLink } from './brief-view.tsx';
import { useConversation } from './conversation-context.ts';
import { splitAtProofs, type Proof } from './evidence.ts';
import { MessageParts } from './message-parts.tsx';
import { MessageStandingLine } from './message-standing.tsx';
import { useMay } from '../session/session-context.ts';

const NO_PROOFS: readonly Proof[] = [];

/** Underlines evidence: solid for a fact, dashed for a hypothesis. */
function MessageText({
  text,
  proofs,
  highlight,
}: {
  text: string;
  proofs: readonly Proof[];
  highlight: Evidence | null;
}) {
  const pieces = useMemo(() => splitAtProofs(text, proofs, highlight), [text, proofs, highlight]);
  return pieces.map((piece) => {
    const [proof] = piece.proofs;
    const content = piece.isHighlighted ? <mark key={piece.start}>{piece.text}</mark> : piece.text;
    if (proof === undefined) return content;
    const label = piece.proofs
      .map(({ field, certainty }) => `${fieldLabels[field]}: ${certainty}`)
      .join(', ');
    return (
      <Tooltip key={piece.start} label={label} side="top">
        <span className={proof.certainty === 'fact' ? 'certainty-fact' : 'certainty-hypothesis'}>
          {content}
        </span>
      </Tooltip>
    );
  });
}

/** Tokens, cost and response time, shown on hover and focus. */
function MessageMeta({ entry }: { entry: MessageView }) {
  const { usage, responseMs } = entry;
  // Tabular figures would space out the hyphens of the model's name.
  const figures = [
    usage &&
      `${formatCompact(usage.inputTokens)} in · ${formatCompact(usage.outputTokens)} out · ${formatCost(usage.costMicros)}`,
    responseMs !== undefined && `answered after ${formatDuration(responseMs)}`,
    `#${entry.seq}`,
  ].filter(Boolean);
  return (
    <span className="min-w-0 flex-1 basis-0 truncate text-meta text-ink-3 opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100">
      {usage && `${usage.model} · `}
      <span className="tabular-nums">{figures.join(' · ')}</span>
    </span>
  );
}

function MessageMenu({ entry }: { entry: MessageView }) {
  const { openDialog } = useConversation();
  const mayWork = useMay('qualification.record');
  const mayRedact = useMay('messages.redact');
  const isRedacted = entry.redactedAt !== null;
  return (
    <Menu
      align="end"
      trigger={
        <IconButton
          label={`Actions for message ${entry.seq}`}
          icon={<MoreHorizontal size={16} />}
          className="-my-1 ml-auto opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100 data-[state=open]:opacity-100 [@media(hover:none)]:opacity-60"
        />
      }
    >
      {mayWork && (
        <MenuItem
          icon={<Quote size={16} />}
          onSelect={() => openDialog({ name: 'qualification', evidence: { seq: entry.seq } })}
        >
          Use as evidence
        </MenuItem>
      )}
      {entry.author.kind === 'customer' && mayWork && (
        <MenuItem
          icon={<CornerUpLeft size={16} />}
          onSelect={() => openDialog({ name: 'raise', text: entry.text })}
        >
          Note an objection
        </MenuItem>
      )}
      <MenuItem
        icon={<LinkIcon size={16} />}
        onSelect={() => {
          const address = new URL(location.href);
          address.searchParams.set('at', String(entry.seq));
          void navigator.clipboard?.writeText(address.href);
        }}
      >
        Copy link
      </MenuItem>
      {!isRedacted && mayRedact && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={<Eraser size={16} />}
            onSelect={() => openDialog({ name: 'redact', seq: entry.seq })}
          >
            Redact
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

export type MessageRowProps = {
  entry: MessageView;
  customer: string;
  isContinued: boolean;
  isPending: boolean;
  /** Set where a link or a search leads to this message. */
  jumpTarget: Evidence | null;
  proofs: readonly Proof[] | undefined;
};

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { entry, customer, isContinued, isPending, jumpTarget, proofs = NO_PROOFS } = props;
  const isInternal = entry.visibility === 'internal';
  const isRedacted = entry.redactedAt !== null;
  return (
    <li
      id={`entry-${entry.seq}`}
      aria-busy={isPending || undefined}
      className={classNames(
        'group/message scroll-mt-16 rounded-base pr-2',
        isInternal
          ? 'my-1.5 mr-4 -ml-2 max-w-[552px] border border-dashed border-line-strong px-2 py-1.5'
          : 'py-1',
        !isContinued && !isInternal && 'pt-2.5',
        isPending && 'opacity-60',
        jumpTarget !== null && jumpTarget.start === undefined && 'bg-accent-soft ring-4 ring-accent-soft',
      )}
    >
      <div
        className={classNames(
          'flex h-5 items-center gap-2',
          isContinued && !isInternal && '-mb-5 justify-end',
        )}
      >
        {(!isContinued || isInternal) && (
          <>
            <ActorLabel actor={entry.author} customer={customer} />
            {isInternal && <Badge icon={<Lock size={12} aria-hidden />}>Internal</Badge>}
            <Time at={entry.at} form="short" className="shrink-0 text-meta text-ink-3" />
            {isPending && <span className="text-meta text-ink-3">Sending</span>}
            {entry.inReplyTo !== undefined && (
              <span className="text-meta text-ink-3">
                re <EntryLink seq={entry.inReplyTo} />
              </span>
            )}
            <MessageMeta entry={entry} />
          </>
        )}
        {!isPending && <MessageMenu entry={entry} />}
      </div>
      {isRedacted ? (
        <p className="text-message text-ink-3">
          Redacted <Time at={entry.redactedAt ?? entry.at} />
        </p>
      ) : (
        <p
          data-message-seq={entry.seq}
          className="max-w-[534px] pr-8 text-message break-words whitespace-pre-wrap"
        >
          <MessageText
            text={entry.text}
            proofs={proofs}
            highlight={jumpTarget?.start === undefined ? null : jumpTarget}
          />
        </p>
      )}
      <MessageStandingLine entry={entry} />
      {entry.parts !== undefined && <MessageParts parts={entry.parts} text={entry.text} />}
    </li>
  );
});
