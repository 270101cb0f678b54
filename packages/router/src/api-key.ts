import {
  ApiKey,
  CreateApiKey,
  CreatedApiKey,
  ListApiKeys,
  page,
  RevokeApiKey,
  RotateApiKey,
} from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const apiKeys = {
  /** The key is in this answer alone. */
  create: tenantProcedure
    .input(CreateApiKey)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => ctx.store.apiKeys.issue(ctx.tenantId, input, ctx.by)),
  list: tenantProcedure
    .input(ListApiKeys)
    .output(page(ApiKey))
    .query(({ ctx, input }) => ctx.store.apiKeys.list(ctx.tenantId, input)),
  revoke: tenantProcedure
    .input(RevokeApiKey)
    .output(ApiKey)
    .mutation(({ ctx, input }) => ctx.store.apiKeys.revoke(ctx.tenantId, input, ctx.by)),
  /** Another secret for a key; the one before works for `overlapMs` more. */
  rotate: tenantProcedure
    .input(RotateApiKey)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => ctx.store.apiKeys.rotate(ctx.tenantId, input, ctx.by)),
};
