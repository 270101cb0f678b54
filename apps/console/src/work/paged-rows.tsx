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
  loading: { label: string; rows?: number };
  empty: ReactNode;
  countText?: string;
  children: (items: readonly Item[]) => ReactNode;
};

/** Loading, error, empty, or rows with a button for more. */
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
