import type { Evidence } from '@baton/schema';
import { ArrowDown } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { longDayName } from '../format/time.ts';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedInline } from '../lazy/load-failed.tsx';
import { seenStore } from '../inbox/seen-store.ts';
import { useMe } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { HandoffDivider, OwnerBand } from './owner-band.tsx';
import { useConversation } from './conversation-context.ts';
import { EventList } from './event-list.tsx';
import { proofsBySeq } from './evidence.ts';
import { useTextSelection } from './text-selection.ts';
import { MessageRow } from './message-row.tsx';
import { type DayItem, groupByOwner, type TimelineItem } from './timeline-model.ts';
import { RefusedRow } from './refused-row.tsx';
import { useRefusedMessages } from './use-refused-messages.ts';
import { TIMELINE_ID, useScrollAnchor } from './use-scroll-anchor.ts';
import { contactName } from '../format/contact-name.ts';
import { ForWorkers } from '../session/for-workers.tsx';

const MarkedWordsBar = lazyComponent(() => import('./selection-toolbar.tsx'), {
  failed: (retry) => <div className="absolute inset-x-4 bottom-3">{failedInline(retry)}</div>,
});

/** Distance from the top at which earlier entries are loaded, in pixels. */
const LOAD_EARLIER_PX = 240;

function DaySeparator({ renderItem }: { renderItem: DayItem }) {
  return (
    <li className="flex max-w-[568px] items-center gap-3 py-2 pr-4 text-meta text-ink-3">
      <time dateTime={renderItem.at}>{longDayName(renderItem.at)}</time>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </li>
  );
}

export type TimelineProps = {
  /** The entry or quote to highlight. */
  jumpTarget: Evidence | null;
  onLoadEarlier: () => Promise<void>;
  isLoadingEarlier: boolean;
};

export function Timeline({ jumpTarget, onLoadEarlier, isLoadingEarlier }: TimelineProps) {
  const { conversation, entries, pending, hasEarlier } = useConversation();
  const me = useMe();
  const refused = useRefusedMessages(conversation.id);
  const segments = useMemo(
    () => groupByOwner(conversation, entries, pending, refused),
    [conversation, entries, pending, refused],
  );
  const proofs = useMemo(
    () => proofsBySeq({ qualification: conversation.qualification }),
    [conversation.qualification],
  );
  const last = entries.at(-1);
  const lastSeq = last?.seq ?? 0;
  const { scroller, content, ...anchor } = useScrollAnchor({
    firstSeq: entries[0]?.seq ?? 0,
    lastSeq,
    isLastOwn: last?.kind === 'message' && last.author.agentId === me.id,
  });

  const selection = useTextSelection();

  useEffect(() => {
    if (!anchor.isAtEnd) return undefined;
    function markSeen(): void {
      if (document.visibilityState === 'visible') seenStore.markSeen(conversation.id, lastSeq);
    }
    markSeen();
    document.addEventListener('visibilitychange', markSeen);
    return () => document.removeEventListener('visibilitychange', markSeen);
  }, [conversation.id, lastSeq, anchor.isAtEnd]);

  function renderItem(each: TimelineItem) {
    if (each.kind === 'day') return <DaySeparator key={each.key} renderItem={each} />;
    if (each.kind === 'refused') return <RefusedRow key={each.key} message={each.message} />;
    if (each.kind === 'events') return <EventList key={each.key} item={each} />;
    return (
      <MessageRow
        key={each.key}
        entry={each.entry}
        customer={contactName(conversation)}
        isContinued={each.isContinued}
        isPending={each.isPending}
        jumpTarget={each.entry.seq === jumpTarget?.seq ? jumpTarget : null}
        proofs={proofs.get(each.entry.seq)}
      />
    );
  }

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        id={TIMELINE_ID}
        // Lets the keyboard scroll.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label="Timeline"
        onScroll={(event) => {
          if (hasEarlier && !isLoadingEarlier && event.currentTarget.scrollTop < LOAD_EARLIER_PX)
            void onLoadEarlier();
        }}
        className="@container h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:outline-offset-[-3px]"
      >
        <div ref={content} className="flex min-h-full flex-col justify-end pt-4">
          {hasEarlier && (
            <div className="mx-auto w-full max-w-80 pb-4">
              {isLoadingEarlier ? (
                <SkeletonLines lines={2} />
              ) : (
                <Button variant="quiet" onClick={() => void onLoadEarlier()} className="mx-auto flex">
                  Show earlier
                </Button>
              )}
            </div>
          )}
          <div role="log" aria-label="Messages" aria-live="polite" aria-relevant="additions">
            {segments.map((segment, index) => (
              <div key={segment.key}>
                {segment.ownerChange !== null && <HandoffDivider ownerChange={segment.ownerChange} />}
                <OwnerBand owner={segment.owner} isLast={index === segments.length - 1}>
                  <ol>{segment.items.map(renderItem)}</ol>
                </OwnerBand>
              </div>
            ))}
          </div>
        </div>
      </section>
      {selection !== null && (
        <ForWorkers>
          <MarkedWordsBar selection={selection} />
        </ForWorkers>
      )}
      {anchor.unseen > 0 && (
        <div className="absolute inset-x-0 bottom-3 flex justify-center">
          <Button onClick={anchor.scrollToEnd} className="appear rounded-full! bg-raised shadow-float">
            {anchor.unseen} new <ArrowDown size={16} aria-hidden />
          </Button>
        </div>
      )}
    </div>
  );
}
