import { Refusal } from '@baton/domain';
import { rightsOf } from '@baton/repository';
import { ActAs, Session, SignIn, SignInLink } from '@baton/schema';
import { z } from 'zod';
import type { Context, Credential } from './context.ts';
import { proceduresOf } from './roles.ts';
import { publicProcedure, tenantProcedure } from './trpc.ts';

const Done = z.strictObject({ ok: z.literal(true) });

async function sessionOf(
  { store }: Pick<Context, 'store'>,
  { tenantId, role, agentId }: Credential,
): Promise<Session> {
  const agent = agentId === null ? null : await store.agents.get(tenantId, { agentId });
  return { tenantId, role, may: proceduresOf(role), rights: rightsOf(role) ?? [], agent };
}

export const session = {
  /** Spends the token of a link; the answer sets an HttpOnly cookie. */
  signIn: publicProcedure
    .input(SignIn)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      ctx.setSession(await ctx.store.sessions.signIn(input.token));
      return { ok: true as const };
    }),
  get: tenantProcedure.output(Session).query(({ ctx }) => sessionOf(ctx, ctx.credential)),
  actAs: tenantProcedure
    .input(ActAs)
    .output(Session)
    .mutation(async ({ ctx, input }) => {
      const { tenantId, sessionId } = ctx.credential;
      if (sessionId === null)
        throw new Refusal('FORBIDDEN', 'Only a browser that has signed in picks its person');
      const agent = await ctx.store.agents.get(tenantId, input);
      if (agent === null) throw new Refusal('UNKNOWN_AGENT', `No agent ${input.agentId} is registered`);
      if (agent.kind !== 'human')
        throw new Refusal('FORBIDDEN', `${agent.id} is ${agent.kind}, not a person`);
      await ctx.store.sessions.setAgent(tenantId, { sessionId, agentId: agent.id }, ctx.by);
      return { ...(await sessionOf(ctx, ctx.credential)), agent };
    }),
  signOut: tenantProcedure.output(Done).mutation(async ({ ctx }) => {
    const { tenantId, sessionId } = ctx.credential;
    if (sessionId !== null) await ctx.store.sessions.end(tenantId, { sessionId }, ctx.by);
    ctx.setSession(null);
    return { ok: true as const };
  }),
  /** A link by which one more browser may sign in, with the role of the caller. */
  createLink: tenantProcedure
    .output(SignInLink)
    .mutation(({ ctx }) =>
      ctx.store.sessions.createLink(
        ctx.tenantId,
        { role: ctx.credential.role, keyId: ctx.credential.keyId },
        ctx.by,
      ),
    ),
};
