import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { InboxSearch } from '../inbox/inbox-search.ts';
import { Tooltip } from '../ui/tooltip.tsx';

/** A figure that opens the conversations behind it. */
export function InboxLink({
  search,
  label,
  children,
}: {
  search: InboxSearch;
  label: string;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label} side="top">
      <Link
        to="/inbox"
        search={search}
        className="rounded-[4px] underline decoration-line-strong underline-offset-3 hover:decoration-ink"
      >
        {children}
        <span className="sr-only">, {label}</span>
      </Link>
    </Tooltip>
  );
}
