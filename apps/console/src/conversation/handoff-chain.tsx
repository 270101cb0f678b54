import type { Handoff } from '@baton/schema';
import { useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { exactTime } from '../format/time.ts';
import { useMe } from '../session/session-context.ts';
import { KindIcon, kindLabels } from '../agents/agent-label.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Time } from '../ui/time.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useConversation } from './conversation-context.ts';
import { foldHandoffChain, type HandoffStep } from './timeline-model.ts';
import { useHandoffChain } from './use-handoff-chain.ts';

const MAX_STEPS = 4;

const Connector = ({ isDashed = false }: { isDashed?: boolean }) => (
  <span
    aria-hidden
    className={classNames(
      'h-0 w-5 shrink-0 border-t-[1.5px] border-line-strong',
      isDashed && 'border-dashed',
    )}
  />
);

function Step({ step, isCurrent }: { step: HandoffStep; isCurrent: boolean }) {
  const agents = useAgents();
  const me = useMe();
  const { jumpTo } = useConversation();
  const kind = agents.kindOf(step.agentId);
  const name = step.agentId === me.id ? 'You' : agents.nameOf(step.agentId);
  const reason = step.ownerChange?.entry?.handoff.reason;
  return (
    <Tooltip
      label={
        <span>
          {name} ({kindLabels[kind]}) since {exactTime(step.since)}
          {reason !== undefined && <span className="block text-ink-2">{reason}</span>}
        </span>
      }
    >
      <button
        type="button"
        onClick={() => jumpTo(step.seq)}
        aria-current={isCurrent ? 'step' : undefined}
        className={classNames(
          'flex h-6 max-w-44 min-w-0 items-center gap-1 rounded-full border pr-2.5 pl-1.5',
          isCurrent
            ? 'border-accent bg-accent-soft text-ink'
            : 'border-line-strong text-ink-2 hover:bg-hover hover:text-ink',
        )}
      >
        <KindIcon kind={kind} className={isCurrent && kind === 'human' ? 'text-accent' : undefined} />
        <span className={classNames('truncate', isCurrent && 'font-semibold')}>{name}</span>
        {isCurrent && <span className="sr-only">holds it now</span>}
      </button>
    </Tooltip>
  );
}

/** A requested handoff, with the answers that this person may give. */
function PendingStep({ handoff }: { handoff: Handoff }) {
  const agents = useAgents();
  const me = useMe();
  const { commands, runCommand } = useConversation();
  const queue = agents.get(handoff.to);
  const isAsked = handoff.to === me.id;
  const mayAccept = isAsked || (queue?.kind === 'queue' && queue.members.includes(me.id));
  return (
    <li className="flex min-w-0 items-center gap-y-1 max-two:shrink-0 two:flex-wrap">
      <Connector isDashed />
      <Tooltip label={handoff.reason}>
        <span
          tabIndex={-1}
          className="flex h-6 max-w-80 min-w-0 items-center gap-1 rounded-full border border-dashed border-ink-3 pr-2.5 pl-1.5 text-ink-2"
        >
          <KindIcon kind={agents.kindOf(handoff.to)} />
          <span className="truncate">{isAsked ? 'You' : agents.nameOf(handoff.to)}</span>
          <span className="shrink-0 text-meta text-ink-3">
            {isAsked ? 'were asked' : 'was asked'} <Time at={handoff.requestedAt} />
            {handoff.expiresAt !== null && (
              <>
                , ends <Time at={handoff.expiresAt} form="short" />
              </>
            )}
          </span>
        </span>
      </Tooltip>
      {mayAccept && (
        <Button
          variant="primary"
          className="ml-1.5 h-6!"
          onClick={() => void runCommand('Accepting', () => commands.acceptHandoff(handoff.id))}
        >
          Accept
        </Button>
      )}
      {isAsked && (
        <Button
          className="ml-1.5 h-6!"
          onClick={() => void runCommand('Declining', () => commands.rejectHandoff(handoff.id, undefined))}
        >
          Decline
        </Button>
      )}
      {!mayAccept && (
        <Button
          variant="quiet"
          className="ml-1.5 h-6!"
          onClick={() => void runCommand('Withdrawing the request', () => commands.cancelHandoff(handoff.id))}
        >
          Withdraw
        </Button>
      )}
    </li>
  );
}

/** On a phone the chain scrolls sideways, and its end matters most. */
function scrollToEnd(list: HTMLOListElement | null): void {
  list?.scrollTo({ left: list.scrollWidth });
}

/** Previous owners, the current owner, and whoever was asked. */
export function HandoffChain() {
  const { conversation } = useConversation();
  const steps = useHandoffChain();
  const [isUnfolded, setUnfolded] = useState(false);
  const { first, hidden, last } = foldHandoffChain(steps, isUnfolded ? Infinity : MAX_STEPS);
  const current = steps.at(-1);
  return (
    <nav aria-label="Relay" className="shrink-0 border-b border-line">
      <ol
        key={`${steps.length} ${conversation.pendingHandoff?.id}`}
        ref={scrollToEnd}
        className="flex min-h-11 items-center gap-y-1.5 px-4 py-2 max-two:overflow-x-auto max-two:[scrollbar-width:none] two:flex-wrap"
      >
        {first.map((step) => (
          <li key={step.seq} className="flex min-w-0 items-center max-two:shrink-0">
            <Step step={step} isCurrent={false} />
          </li>
        ))}
        {hidden > 0 && (
          <li className="flex shrink-0 items-center">
            <Connector />
            <button
              type="button"
              onClick={() => setUnfolded(true)}
              aria-label={`Show ${hidden} more`}
              className="flex h-6 items-center rounded-full px-1.5 text-meta text-ink-3 hover:bg-hover hover:text-ink"
            >
              {hidden} more
            </button>
          </li>
        )}
        {last.map((step, index) => (
          <li key={step.seq} className="flex min-w-0 items-center max-two:shrink-0">
            {(index > 0 || first.length > 0) && <Connector />}
            <Step step={step} isCurrent={step === current} />
          </li>
        ))}
        {conversation.pendingHandoff !== null && <PendingStep handoff={conversation.pendingHandoff} />}
      </ol>
    </nav>
  );
}
