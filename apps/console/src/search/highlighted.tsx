import type { Segment } from './highlight.ts';

/** Accent colour, because amber means waiting. */
const MARK = 'bg-accent-soft shadow-[inset_0_-1.5px_0_var(--accent)]';

export function Highlighted({ segments }: { segments: readonly Segment[] }) {
  // Segments have no identity but their index.
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
