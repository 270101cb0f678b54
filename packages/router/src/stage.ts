import {
  Change,
  ListNextStages,
  NextStage,
  page,
  ListStageHistory,
  StageMove,
  StageValidation,
  TransitionStage,
  ValidateStage,
} from '@baton/schema';
import { z } from 'zod';
import { tenantProcedure } from './trpc.ts';

export const stages = {
  transition: tenantProcedure
    .input(TransitionStage)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('stages.transition', input)),
  listNext: tenantProcedure
    .input(ListNextStages)
    .output(z.array(NextStage))
    .query(({ ctx, input }) => ctx.store.stages.listNext(ctx.tenantId, input)),
  validate: tenantProcedure
    .input(ValidateStage)
    .output(StageValidation)
    .query(({ ctx, input }) => ctx.store.stages.validate(ctx.tenantId, input)),
  history: tenantProcedure
    .input(ListStageHistory)
    .output(page(StageMove))
    .query(({ ctx, input }) => ctx.store.stages.history(ctx.tenantId, input)),
};
