import { Refusal } from '@baton/domain';
import { rightsOf } from '@baton/repository';
import {
  ActAs,
  type Agent,
  type AgentId,
  CreateSignInLink,
  type Role,
  Session,
  SignIn,
  SignInLink,
} from '@baton/schema';
import { z } from 'zod';
import type { Context, Credential } from './context.ts';
import { actsForAnyone } from './acting-as.ts';
import { forbidden, proceduresOf } from './roles.ts';
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
      ctx.setSession(await ctx.store.sessions.signIn(input.token, ctx.address()));
      return { ok: true as const };
    }),
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
      const { role: ownRole, agentId: own, keyId } = ctx.credential;
      const { role = ownRole } = input;
      const { agentId = role === 'manager' && ownRole !== 'admin' ? own : null } = input;
      if (!mayGrant(ownRole, role))
        throw forbidden(`${ownRole} signs nobody in as ${role}`, ownRole, ['admin']);
      if (role === 'manager' && ownRole !== 'admin') requireItself(ctx.credential, agentId);
      if (agentId !== null) await requirePerson(ctx, agentId);
      return ctx.store.sessions.createLink(ctx.tenantId, { role, agentId, keyId }, ctx.by);
    }),
};

/** A manager signs in those who may no more than managers do. */
function mayGrant(granter: Role, role: Role): boolean {
  return granter === 'admin' || ['viewer', 'agent', 'manager'].includes(role);
}

/**
 * A manager that could sign in as another, or as who has not said yet which one, would be anyone.
 * @throws TRPCError FORBIDDEN
 */
function requireItself({ role, agentId: own }: Credential, agentId: AgentId | null): void {
  if (own !== null && own === agentId) return;
  const message =
    own === null
      ? 'A manager that is bound to no agent signs nobody in as a manager'
      : `A manager signs nobody in as a manager but itself, ${own}`;
  throw forbidden(message, role, ['admin'], { field: 'agentId' });
}

/**
 * Who acts for any agent may change at any time; everyone else is one person, who is picked once.
 * @throws Refusal FORBIDDEN
 */
function requireMayBecome({ role, agentId: own }: Credential, agentId: AgentId): void {
  if (own === null || own === agentId || actsForAnyone(role)) return;
  const message = `This browser is ${own} for as long as it is signed in, and not ${agentId}`;
  throw new Refusal('FORBIDDEN', message, { role, agentId: own });
}

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
