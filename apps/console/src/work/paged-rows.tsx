import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import type { Pages } from '../lists/use-pages.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { RowsLoading } from './rows-loading.tsx';

export type PagedRowsProps<Item> = Pick<
  Pages<Item>,
  'items' | 'error' | 'hasMore' | 'loadMore' | 'isLoadingMore'
> & {
  /** What is on its way, and how many rows its shape has. */
  loading: { label: string; rows?: number };
  /** What stands where there is none. */
  empty: ReactNode;
  /** What is said beside "Show more". */
  countText?: string;
  children: (items: readonly Item[]) => ReactNode;
};

/** A list that is read page by page: on its way, failed, empty, or its rows with a way to more of them. */
export function PagedRows<Item>({
  items,
  error,
  loading,
  empty,
  countText,
  children,
  ...more
}: PagedRowsProps<Item>) {
  if (items === undefined) {
    return error === null ? <RowsLoading {...loading} /> : <EmptyState title={errorMessage(error)} />;
  }
  if (items.length === 0) return empty;
  return (
    <>
      {children(items)}
      {more.hasMore && (
        <div className="flex items-center gap-3 px-4 py-3 text-ink-3">
          <Button onClick={more.loadMore} disabled={more.isLoadingMore}>
            Show more
          </Button>
          {countText}
        </div>
      )}
    </>
  );
}
