import { RotateCw, TriangleAlert } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';

const WHAT_HAPPENED = 'This part of the console could not be loaded.';
const WHY = 'The server was not reached, or a new version was installed. Nothing that you sent is lost.';

function RetryButtons({ retry }: { retry: () => void }) {
  return (
    <span className="flex gap-2">
      <Button onClick={retry}>
        <RotateCw size={16} aria-hidden /> Retry
      </Button>
      <Button variant="quiet" onClick={() => location.reload()}>
        Load the console again
      </Button>
    </span>
  );
}

/** In the place of a part of a page. */
export const failedInline = (retry: () => void) => (
  <Notice
    message={WHAT_HAPPENED}
    action={<Button onClick={retry}>Retry</Button>}
    className="items-center! text-left"
  />
);

/** In the place of a dialog, whose own code may be what is missing. */
export const failedDialog = (retry: () => void, { onClose }: { onClose: () => void }) => (
  <div
    ref={(element) => element?.focus()}
    role="dialog"
    aria-label={WHAT_HAPPENED}
    tabIndex={-1}
    className="fixed inset-x-3 top-[min(12vh,96px)] z-40 mx-auto flex max-w-[480px] flex-col gap-3 rounded-[10px] bg-raised p-4 shadow-float outline-none"
  >
    <p className="text-title">{WHAT_HAPPENED}</p>
    <p className="text-ink-2">{WHY}</p>
    <span className="flex flex-wrap justify-between gap-2">
      <RetryButtons retry={retry} />
      <Button variant="quiet" onClick={onClose}>
        Close
      </Button>
    </span>
  </div>
);

/** In the place of a page. */
export const failedPage = (retry: () => void) => (
  <EmptyState
    icon={<TriangleAlert size={20} strokeWidth={1.5} />}
    title={WHAT_HAPPENED}
    action={<RetryButtons retry={retry} />}
  >
    {WHY}
  </EmptyState>
);
