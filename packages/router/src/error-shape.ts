import type { ErrorData } from '@baton/schema';
import type { TRPCDefaultErrorShape } from '@trpc/server';

/** A failed call on the wire; `data.baton` says why. */
export interface ErrorShape extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape['data'] & { baton: ErrorData };
}
