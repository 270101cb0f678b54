import type { AgentId, AgentKind } from '@baton/schema';
import { ArrowRight, ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { triggerLabels } from '../format/labels.ts';
import { useMe } from '../session/session-context.ts';
import { AgentLabel, KindIcon, kindLabels } from '../agents/agent-label.tsx';
import { classNames } from '../ui/class-names.ts';
import { ConfidenceMeter } from '../ui/confidence.tsx';
import { Time } from '../ui/time.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { BriefView } from './brief-view.tsx';
import type { OwnerChange } from './timeline-model.ts';

export const bandColors = { ai: 'bg-band-ai', queue: 'bg-band-queue', human: 'bg-band-person' };

/** The left gutter of the timeline, and the text beside it. */
export const bandGrid = 'grid grid-cols-[44px_minmax(0,1fr)] @min-[720px]:grid-cols-[156px_minmax(0,1fr)]';

export function OwnerIcon({ kind, ...rest }: { kind: AgentKind } & ComponentProps<'span'>) {
  return (
    <span
      {...rest}
      className={classNames(
        'grid size-6 shrink-0 place-items-center rounded-full border-[1.5px] bg-surface',
        kind === 'human' ? 'border-accent text-accent' : 'border-line-strong text-ink-2',
      )}
    >
      <KindIcon kind={kind} />
    </span>
  );
}

export type OwnerBandProps = {
  owner: AgentId;
  /** The last band continues into the composer. */
  isLast: boolean;
  children: ReactNode;
};

/** The entries of one owner; the band runs along their left edge, and the icon sticks to the top. */
export function OwnerBand({ owner, isLast, children }: OwnerBandProps) {
  const agents = useAgents();
  const me = useMe();
  const kind = agents.kindOf(owner);
  const name = owner === me.id ? 'You' : agents.nameOf(owner);
  return (
    <section aria-label={`Held by ${name}, ${kindLabels[kind]}`} className={classNames(bandGrid, 'min-h-10')}>
      <div aria-hidden className="relative">
        <span
          className={classNames(
            'absolute inset-y-0 right-[18px] w-1 rounded-t-full',
            !isLast && 'rounded-b-full',
            bandColors[kind],
          )}
        />
        <div className="sticky top-3 flex items-start justify-end gap-2 pr-2">
          <span className="hidden min-w-0 pt-px text-right @min-[720px]:block">
            <span className="block truncate font-semibold">{name}</span>
            <span className="block text-meta text-ink-3">{kindLabels[kind]}</span>
          </span>
          <Tooltip label={`${name} (${kindLabels[kind]}) holds the conversation here`} side="right">
            <OwnerIcon kind={kind} />
          </Tooltip>
        </div>
      </div>
      <div className={classNames('min-w-0', isLast && 'pb-5')}>{children}</div>
    </section>
  );
}

const verbs = { transfer: 'handed over', request: 'accepted', takeover: 'took over', release: 'gave back' };

function HandoffSummary({ from, to, entry, at }: OwnerChange) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
      <AgentLabel agentId={from} isKindShown={false} className="[&>span]:font-normal" />
      <ArrowRight size={16} aria-hidden className="shrink-0 text-ink-3" />
      <span className="sr-only">{entry === null ? 'to' : verbs[entry.handoff.kind]}</span>
      <AgentLabel agentId={to} isKindShown={false} />
      <span className="min-w-0 text-ink-2">
        {entry !== null && (
          <>
            <span className="mr-1">
              {entry.handoff.reason}
              {entry.forced && ' (forced)'}
            </span>{' '}
            {entry.handoff.trigger !== 'manual' && (
              <span className="mr-2 text-meta">
                <ConfidenceMeter value={entry.handoff.confidence} />
              </span>
            )}
          </>
        )}
        <span className="text-meta whitespace-nowrap text-ink-3">
          {entry !== null &&
            entry.handoff.trigger !== 'manual' &&
            `${triggerLabels[entry.handoff.trigger]} · `}
          <Time at={at} form="short" />
        </span>
      </span>
    </span>
  );
}

/** A change of owner in one line, with its brief on demand. */
export function HandoffDivider({ ownerChange }: { ownerChange: OwnerChange }) {
  const { entry, seq } = ownerChange;
  const brief = entry?.handoff.brief ?? null;
  return (
    <div id={`entry-${seq}`} className={classNames(bandGrid, 'scroll-mt-4')}>
      <div aria-hidden className="relative">
        <span className="absolute top-5 right-3 h-1 w-4 -translate-y-1/2 -rotate-45 rounded-full bg-accent" />
      </div>
      <div className="max-w-[568px] min-w-0 py-2.5 pr-4">
        <Collapsible.Root>
          <div className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <HandoffSummary {...ownerChange} />
            </div>
            {brief !== null && (
              <Collapsible.Trigger className="group flex h-5 shrink-0 items-center gap-0.5 rounded-[4px] text-meta text-ink-2 hover:text-ink">
                <ChevronRight size={14} aria-hidden className="quick group-data-[state=open]:rotate-90" />
                Brief
              </Collapsible.Trigger>
            )}
          </div>
          {brief !== null && (
            <Collapsible.Content className="mt-2">
              <BriefView brief={brief} />
            </Collapsible.Content>
          )}
        </Collapsible.Root>
      </div>
    </div>
  );
}
