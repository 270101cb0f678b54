import {
  AcceptHandoff,
  CancelHandoff,
  Handoff,
  HandoffChange,
  ListHandoffs,
  page,
  ListPendingHandoffs,
  ReassignConversations,
  Reassigned,
  RejectHandoff,
  ReleaseConversation,
  RequestHandoff,
  TakeOver,
  TransferHandoff,
} from '@baton/schema';
import { handoffChange } from './change.ts';
import { tenantProcedure } from './trpc.ts';

export const handoffs = {
  transfer: tenantProcedure
    .input(TransferHandoff)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.transfer', input))),
  request: tenantProcedure
    .input(RequestHandoff)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.request', input))),
  accept: tenantProcedure
    .input(AcceptHandoff)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.accept', input))),
  reject: tenantProcedure
    .input(RejectHandoff)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.reject', input))),
  cancel: tenantProcedure
    .input(CancelHandoff)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.cancel', input))),
  takeover: tenantProcedure
    .input(TakeOver)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.takeover', input))),
  release: tenantProcedure
    .input(ReleaseConversation)
    .output(HandoffChange)
    .mutation(async ({ ctx, input }) => handoffChange(await ctx.execute('handoffs.release', input))),
  reassign: tenantProcedure
    .input(ReassignConversations)
    .output(Reassigned)
    .mutation(({ ctx, input }) => ctx.store.handoffs.reassign(ctx.caller, input)),
  list: tenantProcedure
    .input(ListHandoffs)
    .output(page(Handoff))
    .query(({ ctx, input }) => ctx.store.handoffs.list(ctx.tenantId, input)),
  pending: tenantProcedure
    .input(ListPendingHandoffs)
    .output(page(Handoff))
    .query(({ ctx, input }) => ctx.store.handoffs.pending(ctx.tenantId, input)),
};
