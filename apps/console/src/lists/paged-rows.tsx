import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import type { Pages } from './use-pages.ts';

export type PagedRowsProps<Item> = Pick<
  Pages<Item>,
  'items' | 'error' | 'hasMore' | 'loadMore' | 'isLoadingMore'
> & {
  loading: ReactNode;
  empty: ReactNode;
  /** In place of the rows where they cannot be read: by default why. */
  failed?: ReactNode;
  moreLabel?: string;
  countText?: string;
  className?: string;
  children: (items: readonly Item[]) => ReactNode;
};

/** Loading, error, empty, or rows with a button for more. */
export function PagedRows<Item>({
  items,
  error,
  loading,
  empty,
  failed,
  moreLabel = 'Show more',
  countText,
  className = 'px-4 py-3',
  children,
  ...more
}: PagedRowsProps<Item>) {
  if (items === undefined && error === null) return loading;
  if (items === undefined) return failed === undefined ? <EmptyState title={errorMessage(error)} /> : failed;
  if (items.length === 0) return empty;
  return (
    <>
      {children(items)}
      {more.hasMore && (
        <div className={`flex items-center gap-3 text-ink-3 ${className}`}>
          <Button onClick={more.loadMore} disabled={more.isLoadingMore}>
            {moreLabel}
          </Button>
          {countText}
        </div>
      )}
    </>
  );
}
