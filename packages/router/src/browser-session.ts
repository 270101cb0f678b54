import { BrowserSession, ListSessions, page, RevokeSession } from '@baton/schema';
import type { Credential } from './context.ts';
import { tenantProcedure } from './trpc.ts';

/** Admins see all of the tenant's; everyone else those of their own agent, and the one that they call with. */
const scopeOf = ({ role, agentId, sessionId }: Credential) =>
  role === 'admin' ? ('all' as const) : { agentId, sessionId };

export const sessions = {
  list: tenantProcedure
    .input(ListSessions)
    .output(page(BrowserSession))
    .query(({ ctx, input }) =>
      ctx.store.sessions.list(ctx.tenantId, { ...input, scope: scopeOf(ctx.credential) }),
    ),
  /** Signs a browser out: its calls and feeds end within two seconds. */
  revoke: tenantProcedure
    .input(RevokeSession)
    .output(BrowserSession)
    .mutation(({ ctx, input }) =>
      ctx.store.sessions.revoke(ctx.tenantId, { ...input, scope: scopeOf(ctx.credential) }, ctx.by),
    ),
};
