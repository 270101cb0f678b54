import type { Brief, Evidence } from '@baton/schema';
import { useConversation } from './conversation-context.ts';

/** Jumps to an entry, and highlights the quote in it. */
export function EntryLink({ seq, quote }: { seq: number; quote?: Evidence }) {
  const { jumpTo } = useConversation();
  return (
    <button
      type="button"
      onClick={() => jumpTo(seq, quote)}
      aria-label={`Show entry ${seq}`}
      className="rounded-[4px] px-0.5 text-meta text-accent hover:underline"
    >
      #{seq}
    </button>
  );
}

function BriefList({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <dt className="text-ink-3">{title}</dt>
      <dd>
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </dd>
    </>
  );
}

/** What the next owner must know; each fact links to its evidence. */
export function BriefView({ brief }: { brief: Brief }) {
  return (
    <dl className="grid max-w-[520px] grid-cols-[72px_minmax(0,1fr)] gap-x-3 gap-y-1.5 border-l border-line-strong pl-3">
      <dt className="text-ink-3">Goal</dt>
      <dd>{brief.goal}</dd>
      <BriefList title="Done" lines={brief.done} />
      <BriefList title="Open" lines={brief.open} />
      {brief.facts.length > 0 && (
        <>
          <dt className="text-ink-3">Facts</dt>
          <dd>
            <ul>
              {brief.facts.map(({ text, seqs }) => (
                <li key={text}>
                  {text}{' '}
                  {seqs.map((seq) => (
                    <EntryLink key={seq} seq={seq} />
                  ))}
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      <dt className="text-ink-3">Next</dt>
      <dd>{brief.nextStep}</dd>
    </dl>
  );
}
