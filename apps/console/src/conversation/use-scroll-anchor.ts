import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** The id of the scrolling element, for focusing it. */
export const TIMELINE_ID = 'timeline';

/** Counts as being at the end, in pixels. */
const NEAR_END_PX = 48;

export type ScrollAnchor = {
  scroller: RefObject<HTMLElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Entries that arrived below the visible part. */
  unseen: number;
  isAtEnd: boolean;
  scrollToEnd: () => void;
};

export type ScrollAnchorOptions = {
  firstSeq: number;
  lastSeq: number;
  /** One's own message scrolls into view. */
  isLastOwn: boolean;
};

/** Follows at the end; above it counts new entries, and keeps the position when earlier ones are prepended. */
export function useScrollAnchor({ firstSeq, lastSeq, isLastOwn }: ScrollAnchorOptions): ScrollAnchor {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [seenSeq, setSeenSeq] = useState(lastSeq);
  const wasAtEnd = useRef(true);
  const shown = useRef({ firstSeq, lastSeq });
  const distanceFromEnd = useRef(0);

  const scrollToEnd = useCallback(() => {
    const element = scroller.current;
    element?.scrollTo({ top: element.scrollHeight });
  }, []);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    function update(): void {
      if (element === null) return;
      distanceFromEnd.current = element.scrollHeight - element.scrollTop;
      wasAtEnd.current = distanceFromEnd.current - element.clientHeight < NEAR_END_PX;
      setAtEnd(wasAtEnd.current);
    }
    element.addEventListener('scroll', update, { passive: true });
    return () => element.removeEventListener('scroll', update);
  }, []);

  // Stays at the end when the content or the viewport changes size.
  useEffect(() => {
    if (scroller.current === null || content.current === null) return undefined;
    const observer = new ResizeObserver(() => wasAtEnd.current && scrollToEnd());
    observer.observe(scroller.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, [scrollToEnd]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (firstSeq < shown.current.firstSeq && !wasAtEnd.current) {
      element.scrollTop = element.scrollHeight - distanceFromEnd.current;
    }
    if (lastSeq > shown.current.lastSeq && (wasAtEnd.current || isLastOwn)) scrollToEnd();
    shown.current = { firstSeq, lastSeq };
  }, [firstSeq, lastSeq, isLastOwn, scrollToEnd]);

  if (isAtEnd && seenSeq !== lastSeq) setSeenSeq(lastSeq);
  return { scroller, content, unseen: isAtEnd ? 0 : Math.max(0, lastSeq - seenSeq), isAtEnd, scrollToEnd };
}
