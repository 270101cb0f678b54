import { batonError } from '@baton/client';
import { TriangleAlert } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const errorId = batonError(error)?.errorId;
  return (
    <EmptyState
      icon={<TriangleAlert size={20} strokeWidth={1.5} />}
      title="This page could not be shown."
      action={
        <Button
          onClick={() => {
            reset();
            location.reload();
          }}
        >
          Load it again
        </Button>
      }
    >
      {error instanceof Error && `${error.message.replace(/\.$/, '')}. `}Nothing that you sent is lost.
      {errorId !== undefined && <span className="mt-1 block text-meta">Error {errorId}</span>}
    </EmptyState>
  );
}
