import { useNavigate, useParams } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp, Inbox } from 'lucide-react';
import { useCallback, useEffect, useRef } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { formatCount } from '../format/labels.ts';
import { useActions } from '../keys/actions.tsx';
import { keyMap } from '../keys/key-map.ts';
import { useMe } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ConversationRow, ROW_HEIGHT } from './conversation-row.tsx';
import { FilterBar } from './filter-bar.tsx';
import type { InboxList, InboxState } from './inbox-list.ts';
import type { InboxParams } from './inbox-params.ts';
import { isUnread, useSeen } from './seen-store.ts';
import { tagsInUse } from './tags-in-use.ts';
import { useInboxParams } from './use-inbox-params.ts';

function SkeletonRow() {
  return (
    <div
      style={{ height: ROW_HEIGHT }}
      className="flex flex-col justify-center gap-2 border-b border-line pr-3 pl-5"
    >
      <Skeleton className="h-3.5 w-2/5" />
      <Skeleton className="h-3.5 w-11/12" />
      <Skeleton className="h-3 w-1/2" />
    </div>
  );
}

/** Sorting is not a filter. */
export function isFiltered({ at: _at, sort: _sort, ...filters }: InboxParams): boolean {
  return Object.keys(filters).length > 0;
}

export const isEmptyList = ({ isLoading, error, conversations }: InboxState): boolean =>
  !isLoading && error === null && conversations.length === 0;

export function ListPane({ list, state }: { list: InboxList; state: InboxState }) {
  const params = useInboxParams();
  const { conversationId } = useParams({ strict: false });
  const navigate = useNavigate();
  const me = useMe();
  const seen = useSeen();
  const { conversations, hasMore, isLoading, heldChanges, error } = state;
  const scroller = useRef<HTMLDivElement>(null);
  // Its functions change on scroll, so the compiler must not memoize them.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: conversations.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => conversations[index]?.id ?? 'more',
  });
  const items = virtualizer.getVirtualItems();
  const isAtEnd = hasMore && (items.at(-1)?.index ?? 0) >= conversations.length - 1;

  useEffect(() => {
    if (isAtEnd && !isLoading && error === null) void list.loadMore();
  }, [list, isAtEnd, isLoading, error]);

  const focusRow = useCallback(
    (id: string) => {
      const index = conversations.findIndex((each) => each.id === id);
      if (index === -1) return;
      virtualizer.scrollToIndex(index);
      // The row may only be rendered after the scroll.
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          scroller.current?.querySelector<HTMLElement>(`[data-conversation="${id}"]`)?.focus(),
        ),
      );
    },
    [virtualizer, conversations],
  );

  // Closing a conversation returns the focus to its row.
  const previouslyOpen = useRef<string>(undefined);
  useEffect(() => {
    const before = previouslyOpen.current;
    previouslyOpen.current = conversationId;
    if (conversationId === undefined && before !== undefined && document.activeElement === document.body)
      focusRow(before);
  }, [conversationId, focusRow]);

  /** Starts at the open conversation. */
  function moveFocus(by: 1 | -1): void {
    const focused = document.activeElement?.closest('[data-conversation]')?.getAttribute('data-conversation');
    const from = conversations.findIndex(({ id }) => id === (focused ?? conversationId));
    const to = from === -1 ? 0 : Math.min(conversations.length - 1, Math.max(0, from + by));
    const next = conversations[to];
    if (next !== undefined) focusRow(next.id);
  }

  useActions([
    { ...keyMap.down, group: undefined, run: () => moveFocus(1) },
    { ...keyMap.up, group: undefined, run: () => moveFocus(-1) },
    {
      label: 'My conversations',
      group: 'Inbox',
      run: () => void navigate({ to: '/inbox', search: { agent: me.id } }),
    },
    {
      label: 'Who waits longest',
      group: 'Inbox',
      run: () => void navigate({ to: '/inbox', search: { sort: 'waiting' } }),
    },
    {
      label: 'All active conversations',
      group: 'Inbox',
      run: () => void navigate({ to: '/inbox', search: {} }),
    },
  ]);

  const isEmpty = isEmptyList(state);
  return (
    <section aria-label="Conversations" className="flex h-full min-h-0 flex-col">
      <FilterBar params={params} tagsInUse={() => tagsInUse(conversations)} />
      <div className="relative min-h-0 flex-1">
        {heldChanges > 0 && (
          <div className="absolute inset-x-0 top-2 z-10 flex justify-center">
            <Button
              variant="plain"
              icon={<ArrowUp size={16} aria-hidden />}
              onClick={() => {
                list.reorder();
                scroller.current?.scrollTo({ top: 0 });
              }}
              className="rounded-full! bg-raised shadow-float"
            >
              {formatCount(heldChanges, 'change')}
            </Button>
          </div>
        )}
        <div
          ref={scroller}
          onPointerEnter={(event) => event.pointerType === 'mouse' && list.setHeld(true)}
          onPointerLeave={() => list.setHeld(false)}
          className="h-full overflow-y-auto overscroll-contain"
        >
          {error !== null && (
            <EmptyState
              title="The list could not be read."
              action={<Button onClick={() => void list.load()}>Read it again</Button>}
            >
              {errorMessage(error)}
            </EmptyState>
          )}
          {isLoading && conversations.length === 0 && (
            <output aria-label="Loading conversations">
              {Array.from({ length: 8 }, (_, row) => (
                <SkeletonRow key={row} />
              ))}
            </output>
          )}
          {isEmpty && (
            <EmptyState
              icon={<Inbox size={20} strokeWidth={1.5} />}
              title={
                params.sort === 'waiting'
                  ? 'Nobody waits for an answer.'
                  : isFiltered(params)
                    ? 'No conversation fits these filters.'
                    : 'Conversations appear here as customers write.'
              }
              action={
                isFiltered(params) || params.sort === 'waiting' ? (
                  <Button onClick={() => void navigate({ to: '/inbox', search: {} })}>Show all active</Button>
                ) : undefined
              }
            />
          )}
          <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {items.map(({ index, key, start }) => {
              const conversation = conversations[index];
              return (
                <li
                  key={key}
                  className="absolute inset-x-0 top-0"
                  style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
                >
                  {conversation === undefined ? (
                    <SkeletonRow />
                  ) : (
                    <ConversationRow
                      conversation={conversation}
                      isOpen={conversation.id === conversationId}
                      isUnread={conversation.id !== conversationId && isUnread(conversation, seen, me.id)}
                    />
                  )}
                </li>
              );
            })}
          </ul>
        </div>
      </div>
    </section>
  );
}
