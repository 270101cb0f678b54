import {
  CancelFollowUp,
  ClaimedFollowUp,
  ClaimFollowUps,
  CompleteFollowUp,
  FailFollowUp,
  FollowUp,
  FollowUpChange,
  HeartbeatFollowUp,
  ListDueFollowUps,
  ListFollowUps,
  page,
  ScheduleFollowUp,
  SnoozeFollowUp,
} from '@baton/schema';
import { z } from 'zod';
import { followUpChange } from './change.ts';
import { tenantProcedure } from './trpc.ts';

export const followUps = {
  schedule: tenantProcedure
    .input(ScheduleFollowUp)
    .output(FollowUpChange)
    .mutation(async ({ ctx, input }) => followUpChange(await ctx.execute('followUps.schedule', input))),
  snooze: tenantProcedure
    .input(SnoozeFollowUp)
    .output(FollowUpChange)
    .mutation(async ({ ctx, input }) => followUpChange(await ctx.execute('followUps.snooze', input))),
  cancel: tenantProcedure
    .input(CancelFollowUp)
    .output(FollowUpChange)
    .mutation(async ({ ctx, input }) => followUpChange(await ctx.execute('followUps.cancel', input))),
  complete: tenantProcedure
    .input(CompleteFollowUp)
    .output(FollowUpChange)
    .mutation(async ({ ctx, input }) => followUpChange(await ctx.execute('followUps.complete', input))),
  fail: tenantProcedure
    .input(FailFollowUp)
    .output(FollowUpChange)
    .mutation(async ({ ctx, input }) => followUpChange(await ctx.execute('followUps.fail', input))),
  claim: tenantProcedure
    .input(ClaimFollowUps)
    .output(z.array(ClaimedFollowUp))
    .mutation(({ ctx, input }) => ctx.store.followUps.claim(ctx.tenantId, input)),
  heartbeat: tenantProcedure
    .input(HeartbeatFollowUp)
    .output(ClaimedFollowUp)
    .mutation(({ ctx, input }) => ctx.store.followUps.heartbeat(ctx.tenantId, input)),
  listDue: tenantProcedure
    .input(ListDueFollowUps)
    .output(page(FollowUp))
    .query(({ ctx, input }) => ctx.store.followUps.listDue(ctx.tenantId, input)),
  list: tenantProcedure
    .input(ListFollowUps)
    .output(page(FollowUp))
    .query(({ ctx, input }) => ctx.store.followUps.list(ctx.tenantId, input)),
};
