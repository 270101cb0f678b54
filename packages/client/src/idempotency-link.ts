import type { AppRouter } from '@baton/router/api';
import { commandFieldNames, commandInputs, type CommandType } from '@baton/schema';
import type { TRPCLink } from '@trpc/client';

/** The mutations that a retry must not do twice, by path; a claim's key is its caller's to choose. */
const keyed: ReadonlySet<string> = new Set([
  'agents.register',
  'agents.update',
  'apiKeys.create',
  'apiKeys.revoke',
  'apiKeys.rotate',
  'sessions.revoke',
  'files.create',
  'privacy.eraseContact',
  'privacy.setRetention',
  'tenant.update',
  'conversations.findOrCreate',
  // Object.keys widens its keys to string.
  ...(Object.keys(commandInputs) as CommandType[]).filter((type) =>
    commandFieldNames(type).includes('idempotencyKey'),
  ),
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
