import type { ErrorData } from '@baton/schema';
import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions, TRPCDefaultErrorShape } from '@trpc/server';
import type * as procedures from './procedures.ts';

/** A failed call on the wire; `data.baton` says why. */
export interface ErrorShape extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape['data'] & { baton: ErrorData };
}

export type RouterOf<Context extends object> = TRPCBuiltRouter<
  { ctx: Context; meta: object; errorShape: ErrorShape; transformer: false },
  TRPCDecorateCreateRouterOptions<typeof procedures>
>;

/** The router as a client sees it: its procedures, and nothing of what they run on. */
export type AppRouter = RouterOf<object>;
