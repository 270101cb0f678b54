import { Link } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { EmptyState } from '../ui/empty-state.tsx';

/** For an address that names no page. */
export function PageNotFound() {
  return (
    <div className="grid h-full place-items-center">
      <EmptyState
        icon={<SearchX size={20} strokeWidth={1.5} />}
        title="There is no such page."
        action={
          <Link to="/inbox" className="text-accent underline underline-offset-3">
            Back to the inbox
          </Link>
        }
      >
        The link may not be whole, or the page has moved.
      </EmptyState>
    </div>
  );
}
