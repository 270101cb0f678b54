import type { Segment } from './highlight.ts';

/** Amber is for what waits, so a match has the accent, and a line below it. */
const MARK = 'bg-accent-soft shadow-[inset_0_-1.5px_0_var(--accent)]';

/** A text whose matches are marked. */
export function Highlighted({ segments }: { segments: readonly Segment[] }) {
  // Pieces have no identity but their place.
  return segments.map(({ text, isMatch }, index) =>
    isMatch ? (
      <mark key={index} className={MARK}>
        {text}
      </mark>
    ) : (
      <span key={index}>{text}</span>
    ),
  );
}
