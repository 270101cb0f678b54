import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions } from '@trpc/server';
import type { ErrorShape } from './error-shape.ts';
import type * as procedures from './procedures.ts';

export type RouterOf<Context extends object> = TRPCBuiltRouter<
  { ctx: Context; meta: object; errorShape: ErrorShape; transformer: false },
  TRPCDecorateCreateRouterOptions<typeof procedures>
>;

/** The router as a client sees it: its procedures, and nothing of what they run on. */
export type AppRouter = RouterOf<object>;
