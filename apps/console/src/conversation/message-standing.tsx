import type { DeliveryState, MessageView } from '@baton/schema';
import { isolate } from '../format/isolate.ts';
import { Time } from '../ui/time.tsx';

const deliveryLabels: Record<DeliveryState, string> = {
  queued: 'Queued',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not delivered',
};

/** Whether a message was edited, how far it has come, how it was rated, and when its provider says that it was sent. */
export function MessageStandingLine({ entry }: { entry: MessageView }) {
  const { revision, delivery, rating, sentAt } = entry;
  const isPlain = revision === undefined && delivery === undefined && rating === undefined;
  if (isPlain && sentAt === undefined) return null;
  return (
    <p className="mt-0.5 flex flex-wrap gap-x-3 text-meta text-ink-3">
      {sentAt !== undefined && (
        <span>
          Sent <Time at={sentAt} />
        </span>
      )}
      {revision !== undefined && (
        <span>
          Edited <Time at={revision.at} />
          {revision.reason !== null && `: ${isolate(revision.reason)}`}
        </span>
      )}
      {delivery !== undefined && (
        <span className={delivery.state === 'failed' ? 'text-ink-2 font-medium' : undefined}>
          {deliveryLabels[delivery.state]}
          {delivery.error !== null && `: ${isolate(delivery.error)}`}
        </span>
      )}
      {rating !== undefined && (
        <span>
          Rated {rating.verdict}
          {rating.note !== null && `: ${isolate(rating.note)}`}
        </span>
      )}
    </p>
  );
}
