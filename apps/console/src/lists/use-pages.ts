import type { Page } from '@baton/schema';
import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

export type Pages<Item, Answer = Page<Item>> = {
  /** Undefined while the first page loads. */
  items: readonly Item[] | undefined;
  /** How many pages the items come from. */
  pageCount: number;
  error: unknown;
  /** Whether the items belong to the previous query while the next one loads. */
  isStale: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  /** The newest page as it was answered. */
  lastPage: Answer | undefined;
};

export type PagesOptions<Item, Answer> = {
  /** Starts with the procedure's path, so that its filter invalidates these pages. */
  queryKey: QueryKey;
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Answer & Page<Item>>;
  isEnabled?: boolean;
  /** Shows the previous items while the next query loads. */
  keepsPrevious?: boolean;
};

export function usePages<Item, Answer = Page<Item>>({
  queryKey,
  read,
  isEnabled = true,
  keepsPrevious = false,
}: PagesOptions<Item, Answer>): Pages<Item, Answer> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: isEnabled,
    placeholderData: keepsPrevious ? keepPreviousData : undefined,
  });
  return {
    items: query.data?.pages.flatMap(({ items }) => items),
    pageCount: query.data?.pages.length ?? 0,
    error: query.error,
    isStale: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    lastPage: query.data?.pages.at(-1),
  };
}
