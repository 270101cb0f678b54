import type { ConversationHit, MessageHit, SearchPage } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { formatCount } from '../format/labels.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useConversations } from '../lists/use-conversations.ts';
import { HitRow } from './hit-row.tsx';
import { filterCount, type SearchParams } from './search-params.ts';
import { type HitPages, useConversationHits, useMessageHits } from './use-hits.ts';

type ResultsProps = { params: SearchParams; onClear: () => void };

export function Results(props: ResultsProps) {
  return props.params.in === 'messages' ? <MessageResults {...props} /> : <ConversationResults {...props} />;
}

function ConversationResults({ params, onClear }: ResultsProps) {
  const hits = useConversationHits(params);
  return (
    <ResultList hits={hits} params={params} onClear={onClear} noun="conversation">
      {(hits.items ?? []).map((hit: ConversationHit) => (
        <HitRow key={hit.conversation.id} hit={hit.best} conversation={hit.conversation}>
          {hit.matches > 1 && (
            <Link
              to="/search"
              search={{ q: params.q, in: 'messages', of: hit.conversation.id }}
              className="relative z-10 text-accent-strong underline underline-offset-2"
            >
              {formatCount(hit.matches, 'message')} match
            </Link>
          )}
        </HitRow>
      ))}
    </ResultList>
  );
}

function MessageResults({ params, onClear }: ResultsProps) {
  const hits = useMessageHits(params);
  const conversations = useConversations((hits.items ?? []).map(({ message }) => message.conversationId));
  return (
    <ResultList hits={hits} params={params} onClear={onClear} noun="message">
      {(hits.items ?? []).map((hit: MessageHit) => (
        <HitRow
          key={`${hit.message.conversationId} ${hit.message.seq}`}
          hit={hit}
          conversation={conversations.get(hit.message.conversationId)}
        />
      ))}
    </ResultList>
  );
}

function hintOf(query: string): string {
  const onlyLeavesOut = query.split(/\s+/).every((word) => word === '' || word.startsWith('-'));
  return onlyLeavesOut
    ? 'A word with a dash only leaves out. Add one to find.'
    : 'Fewer words find more. Word endings do not matter, spelling does; words like “the” are not searched.';
}

/** Which words were not looked for, and whether only some of what matches was ranked. */
function SearchNotes({ page }: { page: SearchPage<unknown> | undefined }) {
  if (page === undefined || (page.ignored.length === 0 && !page.more)) return null;
  const words = page.ignored.map((word) => `“${word}”`).join(', ');
  return (
    <span className="block text-ink-3">
      {page.ignored.length > 0 && `Not looked for: ${words}. `}
      {page.more && 'More messages match than could be ranked; another word narrows the search.'}
    </span>
  );
}

type ResultListProps = ResultsProps & { hits: HitPages<unknown>; noun: string; children: ReactNode };

function ResultList({ hits, params, onClear, noun, children }: ResultListProps) {
  if (hits.error !== null)
    return <EmptyState title={errorMessage(hits.error)}>Nothing was changed. Try other words.</EmptyState>;
  if (hits.items === undefined) return <ResultsLoading />;
  if (hits.items.length === 0) {
    const isNarrowed = filterCount(params) > 0;
    return (
      <EmptyState
        icon={<SearchX size={20} strokeWidth={1.5} />}
        title={`Nothing that was said matches “${params.q}”${isNarrowed ? ' within these filters' : ''}.`}
        action={isNarrowed ? <Button onClick={onClear}>Search without filters</Button> : undefined}
      >
        <SearchNotes page={hits.lastPage} />
        {!isNarrowed && hintOf(params.q ?? '')}
      </EmptyState>
    );
  }
  return (
    <>
      <p role="status" className="px-4 py-2 text-ink-3 two:px-6">
        {hits.hasMore
          ? `The ${formatCount(hits.items.length, `best ${noun}`)}`
          : formatCount(hits.items.length, noun)}
        <SearchNotes page={hits.lastPage} />
      </p>
      <ul className={hits.isStale ? 'quick border-t border-line opacity-60' : 'quick border-t border-line'}>
        {children}
      </ul>
      {hits.hasMore && (
        <div className="px-4 py-3 two:px-6">
          <Button onClick={hits.loadMore} disabled={hits.isLoadingMore}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function ResultsLoading() {
  return (
    <div role="status" aria-label="Searching" className="mt-9 border-t border-line">
      {Array.from({ length: 4 }, (_, row) => (
        <div key={row} className="border-b border-line px-4 py-3 two:px-6">
          <Skeleton className="h-3.5 w-56" />
          <Skeleton className="mt-2 h-4 w-full max-w-160" />
          <Skeleton className="mt-2 h-3.5 w-28" />
        </div>
      ))}
    </div>
  );
}
