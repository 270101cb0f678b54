import type { ReactNode } from 'react';
import { reasonOf } from '../format/error-message.ts';
import type { Pages } from '../lists/use-pages.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';

export type BesideDialogProps<Item> = {
  title: string;
  /** What is shown, in numbers. */
  summary: (items: readonly Item[]) => string;
  pages: Pages<Item>;
  /** A list item of what stands behind a figure. */
  row: (item: Item) => ReactNode;
  more: string;
  onClose: () => void;
};

/** A list beside the page: what stands behind a figure. */
export function BesideDialog<Item>(props: BesideDialogProps<Item>) {
  const { title, summary, pages, row, more, onClose } = props;
  const { items, error, hasMore, isReadingMore, readMore } = pages;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={items && summary(items)}
      form="side"
    >
      {items === undefined ? (
        <div className="p-4">{error === null ? <SkeletonLines lines={6} /> : reasonOf(error)}</div>
      ) : items.length === 0 ? (
        <EmptyState title="None in this period." />
      ) : (
        <ul>{items.map(row)}</ul>
      )}
      {hasMore && (
        <div className="p-4">
          <Button onClick={readMore} disabled={isReadingMore}>
            {more}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
