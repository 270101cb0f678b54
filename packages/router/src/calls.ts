import type { TRPCMutationProcedure, TRPCQueryProcedure, TRPCSubscriptionProcedure } from '@trpc/server';
import type { ErrorShape } from './error-shape.ts';

type Definition<Input, Output> = { input: Input; output: Output; meta: object; errorShape: ErrorShape };

// Interfaces, which keep their names in declarations: tRPC's own types are written out for each procedure.
export interface Query<Input, Output> extends TRPCQueryProcedure<Definition<Input, Output>> {}
export interface Mutation<Input, Output> extends TRPCMutationProcedure<Definition<Input, Output>> {}
/** Each item comes with the id after which a subscriber that is back goes on. */
export interface Subscription<Input, Item> extends TRPCSubscriptionProcedure<
  Definition<Input, AsyncIterable<{ id: string; data: Item }>>
> {}
