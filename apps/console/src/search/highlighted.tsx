import type { Segment } from './highlight.ts';

/** A text whose matches are marked. */
export function Highlighted({ segments }: { segments: readonly Segment[] }) {
  // Pieces have no identity but their place.
  return segments.map(({ text, isMatch }, index) => (isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>));
}
