import { type Outcome, Refusal } from '@baton/domain';
import { type CommandInput, type CommandType, LONE_PROCEDURES } from '@baton/schema';
import { before } from '@baton/repository';
import { initTRPC } from '@trpc/server';
import type { Context, Credential, EndedCall } from './context.ts';
import { actorOfCredential, auditActorOf } from './context.ts';
import type { ErrorShape } from './error-shape.ts';
import { codeOf, errorData, errorMessage, refusalError, errorOfProcedure } from './error.ts';
import { type Call, procedureBuilder } from './procedure-builder.ts';
import { actsForAnyone, requireMayAct } from './acting-as.ts';
import { mayForce, requireRole, tenantSuspended } from './roles.ts';

const t = initTRPC.context<Context>().create({
  isDev: false,
  // Clients reconnect after three missed pings.
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
  errorFormatter: ({ shape, error }): ErrorShape => {
    const { stack: _stack, ...data } = shape.data;
    return { ...shape, message: errorMessage(error), data: { ...data, baton: errorData(error) } };
  },
});

export const router = t.router;

/** What each mutation's input passes once it is parsed. */
function checkInput({ ctx, path, type, input }: Call): void {
  if (type === 'mutation' && ctx.credential !== undefined && input instanceof Object)
    requireMayAct(ctx.credential, path, input);
}

/** What anyone may call. */
export const publicProcedure = procedureBuilder(t.procedure, checkInput).use(
  async ({ ctx, path, type, next, getRawInput }) => {
    const span = ctx.openSpan?.(path);
    const ended = (code: EndedCall['code']) => {
      ctx.onCall?.({ path, code, tookMs: performance.now() - ctx.receivedAt });
      if (span !== undefined)
        void getRawInput()
          .catch(() => undefined)
          .then((input) => span.end(code, input));
    };
    if (ctx.calls > 1 && LONE_PROCEDURES.has(path)) {
      ended('INVALID_INPUT');
      throw refusalError(new Refusal('INVALID_INPUT', `${path} takes a request of its own, and no batch`));
    }
    const answers = type === 'query' ? ctx.answers : null;
    const run = () => (answers === null ? next() : answers.take(() => next()));
    const result = await (span === undefined ? run() : span.run(run));
    if (result.ok) {
      ended('OK');
      return result;
    }
    const error = errorOfProcedure(result.error, ctx.report);
    ended(codeOf(error));
    throw error;
  },
);

/** What a credential opens whose role has it in its row: the tenant's own conversations and nothing else. */
export const tenantProcedure = publicProcedure.use(async ({ ctx, path, next }) => {
  const { store } = ctx;
  let credential = await requireCredential(ctx);
  const { tenantId } = credential;
  const turn = ctx.takeTurn(tenantId);
  if (turn !== null) {
    await turn;
    ctx.forgetCredential();
    credential = await requireCredential(ctx);
  }
  const { role } = credential;
  requireRole(path, role);
  const by = auditActorOf(credential);
  const isOneAgent = !actsForAnyone(role);
  const actor = actorOfCredential(credential);
  const caller = { tenantId, actor, mayForce: mayForce(role), isOneAgent, by };

  const answering = next({
    ctx: {
      credential,
      tenantId,
      caller,
      by,
      execute: <Type extends CommandType>(type: Type, input: CommandInput<Type>): Promise<Outcome> =>
        store.execute(caller, type, input),
    },
  });
  // The store bounds each of the two waits; this is their sum.
  const isLate = performance.now() - ctx.receivedAt > LOOK_UP_MS;
  return isLate ? before(ctx.receivedAt + LONGEST_WAIT_MS, answering) : answering;
});

/** @throws TRPCError UNAUTHORIZED, TENANT_SUSPENDED */
async function requireCredential(ctx: Context): Promise<Credential> {
  const credential = await ctx.authenticate();
  if (credential === null) {
    throw refusalError(new Refusal('UNAUTHORIZED', 'Send a valid API key: Authorization: Bearer <key>'));
  }
  if (credential.isTenantSuspended === true) throw refusalError(tenantSuspended());
  return credential;
}

/** How long looking up a credential takes while MongoDB is well; what a caller waits at most where it took longer. */
const LOOK_UP_MS = 1_000;
const LONGEST_WAIT_MS = 11_000;
