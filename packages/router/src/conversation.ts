import {
  ChangeStatus,
  ListContactHistory,
  Conversation,
  ConversationAt,
  ConversationView,
  CreateConversation,
  Entry,
  ExportConversations,
  FindActiveConversation,
  FindOrCreateConversation,
  FoundOrCreated,
  GetConversation,
  ListConversationsByAgent,
  ListConversationsByStage,
  ListConversations,
  page,
  PauseConversation,
  ReactivateConversation,
  ReadTimeline,
  RestoreConversation,
  RestoredConversation,
  TimelinePage,
  UpdateConversation,
} from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

const ConversationPage = page(ConversationView);

const changeStatus = (to: 'close' | 'abandon') =>
  tenantProcedure
    .input(ChangeStatus)
    .output(Conversation)
    .mutation(async ({ ctx, input }) => (await ctx.execute(`conversations.${to}`, input)).conversation);

const reactivate = (by: 'resume' | 'reopen') =>
  tenantProcedure
    .input(ReactivateConversation)
    .output(Conversation)
    .mutation(async ({ ctx, input }) => (await ctx.execute(`conversations.${by}`, input)).conversation);

export const conversations = {
  create: tenantProcedure
    .input(CreateConversation)
    .output(Conversation)
    .mutation(async ({ ctx, input }) => (await ctx.execute('conversations.create', input)).conversation),
  findOrCreate: tenantProcedure
    .input(FindOrCreateConversation)
    .output(FoundOrCreated)
    .mutation(({ ctx, input }) => ctx.store.findOrCreate(ctx.caller, input)),
  update: tenantProcedure
    .input(UpdateConversation)
    .output(Conversation)
    .mutation(async ({ ctx, input }) => (await ctx.execute('conversations.update', input)).conversation),
  pause: tenantProcedure
    .input(PauseConversation)
    .output(Conversation)
    .mutation(async ({ ctx, input }) => (await ctx.execute('conversations.pause', input)).conversation),
  resume: reactivate('resume'),
  close: changeStatus('close'),
  abandon: changeStatus('abandon'),
  reopen: reactivate('reopen'),

  get: tenantProcedure
    .input(GetConversation)
    .output(ConversationView)
    .query(({ ctx, input }) => ctx.store.conversations.get(ctx.tenantId, input)),
  at: tenantProcedure
    .input(ConversationAt)
    .output(Conversation)
    .query(({ ctx, input }) => ctx.store.conversations.at(ctx.tenantId, input)),
  list: tenantProcedure
    .input(ListConversations)
    .output(ConversationPage)
    .query(({ ctx, input }) => ctx.store.conversations.list(ctx.tenantId, input)),
  listByStage: tenantProcedure
    .input(ListConversationsByStage)
    .output(ConversationPage)
    .query(({ ctx, input }) => ctx.store.conversations.listByStage(ctx.tenantId, input)),
  listByAgent: tenantProcedure
    .input(ListConversationsByAgent)
    .output(ConversationPage)
    .query(({ ctx, input }) => ctx.store.conversations.listByAgent(ctx.tenantId, input)),
  findActiveByContact: tenantProcedure
    .input(FindActiveConversation)
    .output(ConversationView.nullable())
    .query(({ ctx, input }) => ctx.store.conversations.findActiveByContact(ctx.tenantId, input)),
  history: tenantProcedure
    .input(ListContactHistory)
    .output(ConversationPage)
    .query(({ ctx, input }) => ctx.store.conversations.history(ctx.tenantId, input)),
  export: tenantProcedure
    .input(ExportConversations)
    .output(page(Entry))
    .query(({ ctx, input }) => ctx.store.conversations.export(ctx.tenantId, input, ctx.by)),
  restore: tenantProcedure
    .input(RestoreConversation)
    .output(RestoredConversation)
    .mutation(({ ctx, input }) => ctx.store.restoreConversation(ctx.tenantId, input)),
  timeline: tenantProcedure
    .input(ReadTimeline)
    .output(TimelinePage)
    .query(({ ctx, input }) => ctx.store.timeline.read(ctx.tenantId, input)),
};
