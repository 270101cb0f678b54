import type { AppRouter } from '@baton/router';
import { commandInputs } from '@baton/schema';
import type { TRPCLink } from '@trpc/client';

/** The mutations that take an `idempotencyKey`, by path. */
const keyed: ReadonlySet<string> = new Set([
  'conversations.findOrCreate',
  ...Object.entries(commandInputs)
    .filter(([, schema]) => 'idempotencyKey' in schema.shape)
    .map(([path]) => path),
]);

/** Gives each mutation that can have one a key of its own, so that a retry is the same command and not another. */
export function idempotencyLink(): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      const { input } = op;
      const lacksKey =
        op.type === 'mutation' &&
        keyed.has(op.path) &&
        typeof input === 'object' &&
        input !== null &&
        !('idempotencyKey' in input && input.idempotencyKey !== undefined);
      return next(lacksKey ? { ...op, input: { ...input, idempotencyKey: crypto.randomUUID() } } : op);
    };
}
