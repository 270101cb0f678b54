import type { MetricsInput, Objection, ObjectionType } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { reasonOf } from '../format/refusal.ts';
import { counted, objectionWords, severityWords } from '../format/words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { usePages } from '../work/use-pages.ts';

const STATUS_WORDS: Record<Objection['status'], string> = {
  active: 'Open',
  resolved: 'Resolved',
  deferred: 'Deferred',
};

export type ObjectionsDialogProps = { type: ObjectionType; input: MetricsInput; onClose: () => void };

/** The objections behind a bar, those of the period, each of which opens its conversation. */
export function ObjectionsDialog({ type, input, onClose }: ObjectionsDialogProps) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const pages = usePages({
    queryKey: [...trpc.objections.list.pathKey(), { ...input, type }],
    read: (cursor, signal) => api.objections.list.query({ ...input, type, limit: 100, cursor }, { signal }),
  });
  const { items } = pages;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Objections about ${objectionWords[type].toLowerCase()}`}
      description={
        items === undefined
          ? undefined
          : pages.hasMore
            ? `The newest ${counted(items.length, 'objection')}`
            : counted(items.length, 'objection')
      }
      form="side"
    >
      {items === undefined ? (
        <div className="p-4">
          {pages.error === null ? <SkeletonLines lines={6} /> : reasonOf(pages.error)}
        </div>
      ) : items.length === 0 ? (
        <EmptyState title="None in this period." />
      ) : (
        <ul>
          {items.map((objection) => (
            <li key={objection.id} className="border-b border-line">
              <Link
                to="/inbox/$conversationId"
                params={{ conversationId: objection.conversationId }}
                search={{ status: 'any' }}
                className="block px-4 py-2.5 -outline-offset-2 hover:bg-hover"
              >
                <span className="line-clamp-2 block">
                  {objection.text === '' ? 'The text was erased.' : objection.text}
                </span>
                <span className="mt-0.5 flex gap-3 text-meta text-ink-3">
                  <span>{STATUS_WORDS[objection.status]}</span>
                  <span>{severityWords[objection.severity]} severity</span>
                  <Time at={objection.raisedAt} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {pages.hasMore && (
        <div className="p-4">
          <Button onClick={pages.readMore} disabled={pages.isReadingMore}>
            Show older ones
          </Button>
        </div>
      )}
    </Dialog>
  );
}
