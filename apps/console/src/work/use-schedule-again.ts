import { type FollowUp, timestamp } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { reasonOf } from '../format/refusal.ts';
import { useMe } from '../session/session-context.ts';
import { useToast } from '../ui/toast.tsx';

/** Schedules the like of a follow-up that has ended: for when it was due, or now where that has passed. */
export function useScheduleAgain(): (followUp: FollowUp) => void {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const toast = useToast();
  const me = useMe();

  return ({ status, conversationId, type, dueAt, priority, assignee, context, maxAttempts, cancelOn }) => {
    const now = timestamp(Date.now());
    api.followUps.schedule
      .mutate({
        conversationId,
        type,
        // What was given up would be given up again by its old instant.
        dueAt: status === 'dead' && dueAt < now ? now : dueAt,
        priority,
        maxAttempts,
        cancelOn,
        by: me.id,
        ...(assignee !== null && { assignee }),
        ...(context !== null && context !== '' && { context }),
      })
      .then(() => {
        if (status === 'dead') toast({ words: 'Scheduled again.' });
        return queryClient.invalidateQueries(trpc.followUps.list.pathFilter());
      })
      .catch((error: unknown) => toast({ words: `Not scheduled again: ${reasonOf(error)}` }));
  };
}
