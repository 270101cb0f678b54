import {
  Agent,
  AgentWorkload,
  GetAgentWorkload,
  ListAgents,
  page,
  RegisterAgent,
  RestoreAgents,
  RestoredAgents,
  UpdateAgent,
} from '@baton/schema';
import { z } from 'zod';
import { tenantProcedure } from './trpc.ts';

export const agents = {
  register: tenantProcedure
    .input(RegisterAgent)
    .output(Agent)
    .mutation(({ ctx, input }) => ctx.store.agents.register(ctx.tenantId, input, ctx.by)),
  update: tenantProcedure
    .input(UpdateAgent)
    .output(Agent)
    .mutation(({ ctx, input }) => ctx.store.agents.update(ctx.tenantId, input, ctx.by)),
  restore: tenantProcedure
    .input(RestoreAgents)
    .output(RestoredAgents)
    .mutation(({ ctx, input }) => ctx.store.agents.restore(ctx.tenantId, input, ctx.by)),
  list: tenantProcedure
    .input(ListAgents)
    .output(page(Agent))
    .query(({ ctx, input }) => ctx.store.agents.list(ctx.tenantId, input)),
  workload: tenantProcedure
    .input(GetAgentWorkload)
    .output(z.array(AgentWorkload))
    .query(({ ctx, input }) => ctx.store.agents.workload(ctx.tenantId, input)),
};
