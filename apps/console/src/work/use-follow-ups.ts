import type { AgentId, FollowUp, FollowUpId } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { useMe } from '../session/session-context.ts';
import { useToast } from '../ui/toast-provider.tsx';
import { type FollowUpPatch, type FollowUpPatches, applyPatches, withEntry } from './follow-up-patch.ts';
import { useCompleteFollowUp } from './complete-follow-up.ts';
import { snoozeInstant, type SnoozeUntil } from './snooze.ts';
import { useOpenConversationPage } from './use-open-conversation-page.ts';
import { usePages } from '../lists/use-pages.ts';
import { useScheduleAgain } from './use-schedule-again.ts';
import { useFeedResumed } from '../live/live-provider.tsx';

export type OpenFollowUps = {
  /** Soonest first, with optimistic changes; undefined while loading. */
  followUps: readonly FollowUp[] | undefined;
  pageCount: number;
  error: unknown;
  actionErrors: ReadonlyMap<FollowUpId, string>;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  snooze: (followUp: FollowUp, until: SnoozeUntil) => void;
  complete: (followUp: FollowUp) => void;
  cancel: (followUp: FollowUp) => void;
};

const PAGE_SIZE = 100;

/** The open follow-ups and optimistic actions on them. */
export function useFollowUps(assignee: AgentId | undefined): OpenFollowUps {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const toast = useToast();
  const { scheduleAgain } = useScheduleAgain();
  const open = useOpenConversationPage();
  const complete = useCompleteFollowUp();
  const me = useMe();
  const [patches, setPatches] = useState<FollowUpPatches>(new Map());
  const [actionErrors, setActionErrors] = useState<ReadonlyMap<FollowUpId, string>>(new Map());
  useFeedResumed(() => setActionErrors(new Map()));
  const read = usePages({
    queryKey: [...trpc.followUps.list.pathKey(), { open: assignee ?? null }],
    read: (cursor, signal) =>
      api.followUps.list.query({ status: 'open', assignee, limit: PAGE_SIZE, cursor }, { signal }),
  });

  async function run(id: FollowUpId, patch: FollowUpPatch, send: () => Promise<unknown>): Promise<boolean> {
    setPatches((map) => withEntry(map, id, patch));
    setActionErrors((map) => withEntry(map, id, undefined));
    try {
      await send();
      return true;
    } catch (error) {
      setActionErrors((map) => withEntry(map, id, errorMessage(error)));
      return false;
    } finally {
      // Refetches before it drops the patch, so that nothing flickers.
      await queryClient.invalidateQueries(trpc.followUps.list.pathFilter());
      setPatches((map) => withEntry(map, id, undefined));
    }
  }

  /** Undo schedules a copy, because an ended follow-up stays ended. */
  async function end(followUp: FollowUp, message: string, send: () => Promise<unknown>): Promise<void> {
    if (!(await run(followUp.id, 'ended', send))) return;
    toast({ message, open: () => open(followUp.conversationId), undo: () => scheduleAgain(followUp) });
  }

  /** Undo snoozes it to the instant at which it was due. */
  async function snooze(followUp: FollowUp, until: SnoozeUntil): Promise<void> {
    const { id, dueAt, conversationId } = followUp;
    const send = (instant: SnoozeUntil) => () =>
      api.followUps.snooze.mutate({ followUpId: id, until: instant, by: me.id });
    if (!(await run(id, { dueAt: snoozeInstant(until) }, send(until)))) return;
    const isDueLater = Date.parse(dueAt) > Date.now();
    toast({
      message: 'Follow-up snoozed.',
      open: () => open(conversationId),
      ...(isDueLater && { undo: () => void run(id, { dueAt }, send(dueAt)) }),
    });
  }

  return {
    followUps: read.items === undefined ? undefined : applyPatches(read.items, patches),
    pageCount: read.pageCount,
    error: read.error,
    actionErrors,
    hasMore: read.hasMore,
    isLoadingMore: read.isLoadingMore,
    loadMore: read.loadMore,
    snooze: (followUp, until) => void snooze(followUp, until),
    complete: (followUp) =>
      void end(followUp, 'Follow-up done.', () => complete({ followUpId: followUp.id, by: me.id })),
    cancel: (followUp) =>
      void end(followUp, 'Follow-up cancelled.', () =>
        api.followUps.cancel.mutate({ followUpId: followUp.id, by: me.id }),
      ),
  };
}
