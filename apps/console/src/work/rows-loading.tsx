import { Skeleton } from '../ui/skeleton.tsx';

export function RowsLoading({ label, rows = 5 }: { label: string; rows?: number }) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-13 items-center gap-4 border-b border-line px-4">
          <Skeleton className="h-3.5 w-14" />
          <Skeleton className="h-3.5 w-40" />
          <Skeleton className="ml-auto h-3.5 w-24" />
        </div>
      ))}
    </div>
  );
}

/** Placeholder of a name. */
export function NameLoading() {
  return (
    <>
      <Skeleton className="h-3.5 w-28" />
      <span className="sr-only">Conversation</span>
    </>
  );
}
