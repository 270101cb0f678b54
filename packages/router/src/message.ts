import {
  AppendMessage,
  AppendTurn,
  BudgetReservation,
  CanSend,
  Change,
  ListMessages,
  ListRefusedMessages,
  MessageChange,
  GetMessageContext,
  MessageContext,
  MessageView,
  page,
  RateMessage,
  RedactMessage,
  RefusedMessages,
  ReserveBudget,
  SendPermission,
  ReportMessage,
  ReviseMessage,
  TurnChange,
} from '@baton/schema';
import { messageChange, turnChange } from './change.ts';
import { tenantProcedure } from './trpc.ts';

export const messages = {
  append: tenantProcedure
    .input(AppendMessage)
    .output(MessageChange)
    .mutation(async ({ ctx, input }) => messageChange(await ctx.execute('messages.append', input))),
  appendTurn: tenantProcedure
    .input(AppendTurn)
    .output(TurnChange)
    .mutation(async ({ ctx, input }) => turnChange(await ctx.execute('messages.appendTurn', input))),
  redact: tenantProcedure
    .input(RedactMessage)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('messages.redact', input)),
  revise: tenantProcedure
    .input(ReviseMessage)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('messages.revise', input)),
  report: tenantProcedure
    .input(ReportMessage)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('messages.report', input)),
  rate: tenantProcedure
    .input(RateMessage)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('messages.rate', input)),
  list: tenantProcedure
    .input(ListMessages)
    .output(page(MessageView))
    .query(({ ctx, input }) => ctx.store.messages.list(ctx.tenantId, input)),
  refused: tenantProcedure
    .input(ListRefusedMessages)
    .output(RefusedMessages)
    .query(({ ctx, input }) => ctx.store.messages.refused(ctx.tenantId, input)),
  canSend: tenantProcedure
    .input(CanSend)
    .output(SendPermission)
    .query(({ ctx, input }) => ctx.store.messages.canSend(ctx.tenantId, input)),
  reserve: tenantProcedure
    .input(ReserveBudget)
    .output(BudgetReservation)
    .mutation(({ ctx, input }) => ctx.store.messages.reserve(ctx.tenantId, input)),
  context: tenantProcedure
    .input(GetMessageContext)
    .output(MessageContext)
    .query(({ ctx, input }) => ctx.store.messages.context(ctx.tenantId, input)),
};
