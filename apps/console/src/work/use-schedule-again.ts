import { isRefused } from '@baton/client';
import { type FollowUp, type FollowUpId, timestamp } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { useMe } from '../session/session-context.ts';
import { useToast } from '../ui/toast-provider.tsx';

export type ScheduleAgain = {
  scheduleAgain: (followUp: FollowUp) => void;
  /** Rescheduled, or being rescheduled. */
  rescheduled: ReadonlySet<FollowUpId>;
};

/** The copy's instants: as before, or from now if it was given up. */
export function rescheduledInstants(
  { status, dueAt, finalAttemptAt }: FollowUp,
  now: number,
): Partial<Pick<FollowUp, 'finalAttemptAt'>> & Pick<FollowUp, 'dueAt'> {
  if (status !== 'dead') return { dueAt, finalAttemptAt };
  // The old instants would expire again at once.
  return { dueAt: timestamp(Math.max(Date.parse(dueAt), now)) };
}

/** Schedules a copy of an ended follow-up, at most once. */
export function useScheduleAgain(): ScheduleAgain {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const toast = useToast();
  const me = useMe();
  /** The same idempotency key with another instant would be refused. */
  const firstRequested = useRef(new Map<FollowUpId, ReturnType<typeof rescheduledInstants>>());
  const [rescheduled, setRescheduled] = useState<ReadonlySet<FollowUpId>>(new Set());

  function scheduleAgain(followUp: FollowUp): void {
    const { id, status, conversationId, type, priority, assignee, context, maxAttempts, cancelOn } = followUp;
    const instants = firstRequested.current.get(id) ?? rescheduledInstants(followUp, Date.now());
    firstRequested.current.set(id, instants);
    setRescheduled((ids) => new Set([...ids, id]));
    api.followUps.schedule
      .mutate({
        conversationId,
        type,
        ...instants,
        priority,
        maxAttempts,
        cancelOn,
        by: me.id,
        idempotencyKey: `again-${id}`,
        ...(assignee !== null && { assignee }),
        ...(context !== null && context !== '' && { context }),
      })
      .then(() => {
        if (status === 'dead') toast({ message: 'Scheduled again.' });
        return queryClient.invalidateQueries(trpc.followUps.list.pathFilter());
      })
      .catch((error: unknown) => {
        if (isRefused(error, 'IDEMPOTENCY_MISMATCH')) {
          toast({ message: 'It was scheduled again already.' });
          return;
        }
        setRescheduled((ids) => new Set([...ids].filter((each) => each !== id)));
        toast({ message: `Not scheduled again: ${errorMessage(error)}` });
      });
  }

  return { scheduleAgain, rescheduled };
}
