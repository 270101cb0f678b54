import type { Brief, ConversationId } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

function BriefPart({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[72px_minmax(0,1fr)] gap-2">
      <dt className="text-ink-3">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const BriefItems = ({ items }: { items: readonly string[] }) => (
  <ul>
    {items.map((item) => (
      <li key={item}>{item}</li>
    ))}
  </ul>
);

/** What the next owner must know; each fact links to its evidence. */
export function HandoffBrief({ brief, conversationId }: { brief: Brief; conversationId: ConversationId }) {
  return (
    <details className="mt-1.5">
      <summary className="w-fit rounded-[4px] text-ink-2 hover:text-ink">Brief: {brief.goal}</summary>
      <dl className="mt-1.5 flex max-w-160 flex-col gap-1 border-l border-line-strong pl-3">
        <BriefPart name="Next">{brief.nextStep}</BriefPart>
        {brief.done.length > 0 && (
          <BriefPart name="Done">
            <BriefItems items={brief.done} />
          </BriefPart>
        )}
        {brief.open.length > 0 && (
          <BriefPart name="Open">
            <BriefItems items={brief.open} />
          </BriefPart>
        )}
        {brief.facts.length > 0 && (
          <BriefPart name="Facts">
            <ul>
              {brief.facts.map((fact) => (
                <li key={fact.text}>
                  {fact.text}
                  {fact.seqs.map((seq) => (
                    <Link
                      key={seq}
                      to="/inbox/$conversationId"
                      params={{ conversationId }}
                      search={{ status: 'any', at: seq }}
                      className="ml-1.5 text-meta text-accent-strong underline underline-offset-2"
                    >
                      <span className="sr-only">Evidence, entry </span>#{seq}
                    </Link>
                  ))}
                </li>
              ))}
            </ul>
          </BriefPart>
        )}
      </dl>
    </details>
  );
}
