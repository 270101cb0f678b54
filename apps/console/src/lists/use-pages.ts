import type { Page } from '@baton/schema';
import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

export type Pages<Item> = {
  /** Undefined until the first page is read. */
  items: readonly Item[] | undefined;
  error: unknown;
  /** Whether what is shown is of another question than the latest, whose answer is on its way. */
  isStale: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
};

export type PagesOptions<Item> = {
  /** Begins with the procedure's own path, so that its filter finds these pages. */
  queryKey: QueryKey;
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  isEnabled?: boolean;
  /** Goes on showing the answer to the question before while the next is on its way. */
  keepsPrevious?: boolean;
};

/** The pages of a list, as far as they were asked for. */
export function usePages<Item>({
  queryKey,
  read,
  isEnabled = true,
  keepsPrevious = false,
}: PagesOptions<Item>): Pages<Item> {
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
    error: query.error,
    isStale: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
  };
}
