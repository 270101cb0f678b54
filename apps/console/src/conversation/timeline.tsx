import type { Evidence } from '@baton/schema';
import { ArrowDown } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { dayName } from '../format/time.ts';
import { seenStore } from '../inbox/seen-store.ts';
import { useMe } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { BandBreak, BandSegment } from './owner-band.tsx';
import { useConversation } from './conversation-context.ts';
import { EventLines } from './event-list.tsx';
import { proofsBySeq } from './evidence.ts';
import { useMarkedWords } from './text-selection.ts';
import { MessageRow } from './message-row.tsx';
import { type DayItem, segmentsOf, type TimelineItem } from './timeline-model.ts';
import { TIMELINE_ID, useReadingPlace } from './use-scroll-anchor.ts';

const MarkedWordsBar = lazy(() => import('./selection-toolbar.tsx'));

/** This near to the top, in pixels, earlier entries are read. */
const EARLIER_AT = 240;

function Day({ item }: { item: DayItem }) {
  return (
    <li className="flex max-w-[568px] items-center gap-3 py-2 pr-4 text-meta text-ink-3">
      <time dateTime={item.at}>{dayName(item.at)}</time>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </li>
  );
}

export type TimelineProps = {
  /** The entry, or the words of it, that somebody asked to see. */
  landed: Evidence | null;
  onEarlier: () => Promise<void>;
  isReadingEarlier: boolean;
};

/** All that was said and done, with the band of who held it. */
export function Timeline({ landed, onEarlier, isReadingEarlier }: TimelineProps) {
  const { conversation, entries, pending, hasEarlier } = useConversation();
  const me = useMe();
  const segments = useMemo(
    () => segmentsOf(conversation, entries, pending),
    [conversation, entries, pending],
  );
  const proofs = useMemo(
    () => proofsBySeq({ qualification: conversation.qualification }),
    [conversation.qualification],
  );
  const last = entries.at(-1);
  const lastSeq = last?.seq ?? 0;
  const { scroller, content, ...place } = useReadingPlace({
    firstSeq: entries[0]?.seq ?? 0,
    lastSeq,
    isLastOwn: last?.kind === 'message' && last.author.agentId === me.id,
  });

  const marked = useMarkedWords();

  useEffect(() => {
    if (!place.isAtEnd) return undefined;
    function mark(): void {
      if (document.visibilityState === 'visible') seenStore.mark(conversation.id, lastSeq);
    }
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [conversation.id, lastSeq, place.isAtEnd]);

  function item(each: TimelineItem) {
    if (each.kind === 'day') return <Day key={each.key} item={each} />;
    if (each.kind === 'events') return <EventLines key={each.key} item={each} />;
    return (
      <MessageRow
        key={each.key}
        entry={each.entry}
        customer={conversation.contactId}
        isContinued={each.isContinued}
        isPending={each.isPending}
        landed={each.entry.seq === landed?.seq ? landed : null}
        proofs={proofs.get(each.entry.seq)}
      />
    );
  }

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        id={TIMELINE_ID}
        // A long conversation is read with the keyboard too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label="Timeline"
        onScroll={(event) => {
          if (hasEarlier && !isReadingEarlier && event.currentTarget.scrollTop < EARLIER_AT) void onEarlier();
        }}
        className="@container h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:outline-offset-[-3px]"
      >
        <div ref={content} className="flex min-h-full flex-col justify-end pt-4">
          {hasEarlier && (
            <div className="mx-auto w-full max-w-80 pb-4">
              {isReadingEarlier ? (
                <SkeletonLines lines={2} />
              ) : (
                <Button look="quiet" onClick={() => void onEarlier()} className="mx-auto flex">
                  Show earlier
                </Button>
              )}
            </div>
          )}
          <div role="log" aria-label="Messages" aria-live="polite" aria-relevant="additions">
            {segments.map((segment, index) => (
              <div key={segment.key}>
                {segment.break !== null && <BandBreak begun={segment.break} />}
                <BandSegment owner={segment.owner} isLast={index === segments.length - 1}>
                  <ol>{segment.items.map(item)}</ol>
                </BandSegment>
              </div>
            ))}
          </div>
        </div>
      </section>
      {marked !== null && (
        <Suspense>
          <MarkedWordsBar marked={marked} />
        </Suspense>
      )}
      {place.unseen > 0 && (
        <div className="absolute inset-x-0 bottom-3 flex justify-center">
          <Button onClick={place.toEnd} className="appear rounded-full! bg-raised shadow-float">
            {place.unseen} new <ArrowDown size={16} aria-hidden />
          </Button>
        </div>
      )}
    </div>
  );
}
