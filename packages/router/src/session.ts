import { Refusal } from '@baton/domain';
import { rightsOf } from '@baton/repository';
import {
  ActAs,
  type Agent,
  type AgentId,
  CreateSignInLink,
  Session,
  SignIn,
  SignInLink,
  SignInMethods,
} from '@baton/schema';
import { z } from 'zod';
import type { Context, Credential } from './context.ts';
import { actsForAnyone } from './acting-as.ts';
import { proceduresOf } from './roles.ts';
import { grantOfLink, requireMayBecome } from './sign-in-rules.ts';
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
      ctx.setSession(await ctx.store.sessions.signIn(input.token, ctx.address(), ctx.browser()));
      return { ok: true as const };
    }),
  /** How a browser may sign in, besides by a link. */
  methods: publicProcedure.output(SignInMethods).query(({ ctx }) => ({ company: ctx.companySignIn })),
  get: tenantProcedure.output(Session).query(({ ctx }) => sessionOf(ctx, ctx.credential)),
  actAs: tenantProcedure
    .input(ActAs)
    .output(Session)
    .mutation(async ({ ctx, input }) => {
      const { tenantId, sessionId, role, agentId: own } = ctx.credential;
      if (sessionId === null)
        throw new Refusal('FORBIDDEN', 'Only a browser that has signed in picks its person');
      requireMayBecome(ctx.credential, input.agentId);
      const agent = await requirePerson(ctx, input.agentId);
      const from = actsForAnyone(role) ? undefined : own;
      await ctx.store.sessions.setAgent(tenantId, { sessionId, agentId: agent.id, from }, ctx.by);
      return { ...(await sessionOf(ctx, ctx.credential)), agent };
    }),
  signOut: tenantProcedure.output(Done).mutation(async ({ ctx }) => {
    const { tenantId, sessionId } = ctx.credential;
    if (sessionId !== null) await ctx.store.sessions.end(tenantId, { sessionId }, ctx.by);
    ctx.setSession(null);
    return { ok: true as const };
  }),
  /**
   * A link by which one more browser may sign in, with the role of the caller or one that may less. A manager signs in
   * viewers, a named person as `agent`, and itself.
   */
  createLink: tenantProcedure
    .input(CreateSignInLink)
    .output(SignInLink)
    .mutation(async ({ ctx, input = {} }) => {
      const { keyId } = ctx.credential;
      const grant = grantOfLink(ctx.credential, input);
      if (grant.agentId !== null) await requirePerson(ctx, grant.agentId);
      return ctx.store.sessions.createLink(ctx.tenantId, { ...grant, keyId }, ctx.by);
    }),
};

/** @throws Refusal UNKNOWN_AGENT, FORBIDDEN for an agent that is no person */
async function requirePerson(
  { store, tenantId }: Pick<Context, 'store'> & Pick<Credential, 'tenantId'>,
  agentId: AgentId,
): Promise<Agent> {
  const agent = await store.agents.get(tenantId, { agentId });
  if (agent === null) throw new Refusal('UNKNOWN_AGENT', `No agent ${agentId} is registered`);
  if (agent.kind !== 'human') throw new Refusal('FORBIDDEN', `${agentId} is ${agent.kind}, not a person`);
  return agent;
}
