import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { PagedRows } from '../lists/paged-rows.tsx';
import type { Pages } from '../lists/use-pages.ts';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';

type SettingListProps<Item> = {
  label: string;
  pages: Pages<Item>;
  empty: ReactNode;
  moreLabel?: string;
  children: (item: Item) => ReactNode;
};

/** A section's list, page by page, under what went wrong. */
export function SettingList<Item>({ label, pages, children, ...rest }: SettingListProps<Item>) {
  return (
    <>
      {pages.error != null && <Notice message={errorMessage(pages.error)} className="mb-3" />}
      <PagedRows {...pages} {...rest} loading={<SkeletonLines lines={6} />} failed={null} className="mt-3">
        {(items) => (
          <ul aria-label={label} className="border-y border-line">
            {items.map(children)}
          </ul>
        )}
      </PagedRows>
    </>
  );
}
