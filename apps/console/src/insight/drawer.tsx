import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import type { Pages } from '../lists/use-pages.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';

export type DrawerProps<Item> = {
  title: string;
  summary: (items: readonly Item[]) => string;
  pages: Pages<Item>;
  /** A list item of what stands behind a figure. */
  renderRow: (item: Item) => ReactNode;
  moreLabel: string;
  onClose: () => void;
};

export function Drawer<Item>(props: DrawerProps<Item>) {
  const { title, summary, pages, renderRow, moreLabel, onClose } = props;
  const { items, error, hasMore, isLoadingMore, loadMore } = pages;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={items && summary(items)}
      placement="side"
    >
      {items === undefined ? (
        <div className="p-4">{error === null ? <SkeletonLines lines={6} /> : errorMessage(error)}</div>
      ) : items.length === 0 ? (
        <EmptyState title="None in this period." />
      ) : (
        <ul>{items.map(renderRow)}</ul>
      )}
      {hasMore && (
        <div className="p-4">
          <Button onClick={loadMore} disabled={isLoadingMore}>
            {moreLabel}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
