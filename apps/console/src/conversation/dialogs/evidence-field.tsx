import type { Evidence, MessageEntry } from '@baton/schema';
import { useConversation } from '../conversation-context.ts';
import { contactName } from '../../format/contact-name.ts';

function Quote({ text, evidence }: { text: string; evidence: Evidence | undefined }) {
  const { start, end = text.length } = evidence ?? {};
  if (start === undefined) return text;
  return (
    <>
      {text.slice(0, start)}
      <mark>{text.slice(start, end)}</mark>
      {text.slice(end)}
    </>
  );
}

/** Offers the customer's latest messages and those already chosen. */
export function EvidenceField({
  value,
  onChange,
}: {
  value: readonly Evidence[];
  onChange: (value: Evidence[]) => void;
}) {
  const { entries, conversation } = useConversation();
  const chosen = new Set(value.map(({ seq }) => seq));
  const messages = entries.filter(
    (entry): entry is MessageEntry => entry.kind === 'message' && entry.redactedAt === null,
  );
  const latestFromCustomer = new Set(messages.filter(({ author }) => author.kind === 'customer').slice(-6));
  const offered = messages.filter((message) => chosen.has(message.seq) || latestFromCustomer.has(message));
  if (offered.length === 0) return null;
  return (
    <fieldset>
      <legend className="mb-1 text-meta text-ink-2">What proves it</legend>
      <ul className="max-h-44 overflow-y-auto rounded-base border border-line-strong">
        {offered.map(({ seq, text, author }) => (
          <li key={seq} className="border-b border-line last:border-b-0">
            <label className="flex items-start gap-2 px-2 py-1.5 hover:bg-hover">
              <input
                type="checkbox"
                checked={chosen.has(seq)}
                onChange={(event) =>
                  onChange(
                    event.target.checked ? [...value, { seq }] : value.filter((each) => each.seq !== seq),
                  )
                }
                className="mt-1 accent-(--accent)"
              />
              <span className="line-clamp-2 min-w-0">
                <span className="text-ink-3">
                  #{seq}{' '}
                  {author.kind === 'customer' ? contactName(conversation) : (author.agentId ?? author.kind)}
                  :{' '}
                </span>
                <Quote text={text} evidence={value.find((each) => each.seq === seq)} />
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
