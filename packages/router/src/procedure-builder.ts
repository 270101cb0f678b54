import { getTRPCErrorFromUnknown, type TrackedEnvelope, TRPCError } from '@trpc/server';
import type { z } from 'zod';
import type { Context, Credential } from './context.ts';
import type { Mutation, Query, Subscription } from './calls.ts';

type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError };
export type Call = {
  /** The credential is there once a step has looked it up. */
  ctx: Context & { credential?: Credential };
  path: string;
  type: Kind;
  input: unknown;
  getRawInput: () => Promise<unknown>;
};
type Run = (call: Call) => Promise<Result>;
type Step = (call: Call, next: Run) => Promise<Result>;
type Resolver = (call: Call) => unknown;
type Middleware = (call: Call & { next: (more?: { ctx?: object }) => Promise<Result> }) => Promise<Result>;
type Kind = 'query' | 'mutation' | 'subscription';
/** Throws where the caller may not say what the parsed input says. */
type CheckInput = (call: Call) => void;
/** The functions of tRPC's builder that a procedure of ours ends with. */
type Ends = Record<Kind, (resolver: Resolver) => { _def: object }>;

/** What comes of a call whose later steps have this more in their context. */
export type StepResult<More extends object> = Result & { more?: More };
type StepCall<Ctx> = {
  ctx: Ctx;
  path: string;
  type: Kind;
  getRawInput: () => Promise<unknown>;
  next: <More extends object = object>(more?: { ctx: More }) => Promise<StepResult<More>>;
};
type ResolverCall<Ctx, Parsed> = { ctx: Ctx; input: Parsed; path: string; signal: AbortSignal | undefined };
type Answer<Output, Given> = unknown extends Output ? Given : Output;

/** `Input` is what a caller sends and `Parsed` what its schema makes of it; `Output` is unknown until it has a schema. */
export interface ProcedureBuilder<Ctx, Input = void, Parsed = undefined, Output = unknown> {
  use<More extends object>(
    step: (call: StepCall<Ctx>) => Promise<StepResult<More>>,
  ): ProcedureBuilder<Omit<Ctx, keyof More> & More, Input, Parsed, Output>;
  input<In, Out>(schema: z.ZodType<Out, In>): ProcedureBuilder<Ctx, In, Out, Output>;
  output<Out>(schema: z.ZodType<Out>): ProcedureBuilder<Ctx, Input, Parsed, Out>;
  query<Given extends Output>(
    resolver: (call: ResolverCall<Ctx, Parsed>) => Given | Promise<Given>,
  ): Query<Input, Answer<Output, Given>>;
  mutation<Given extends Output>(
    resolver: (call: ResolverCall<Ctx, Parsed>) => Given | Promise<Given>,
  ): Mutation<Input, Answer<Output, Given>>;
  subscription<Item>(
    resolver: (call: ResolverCall<Ctx, Parsed>) => Promise<AsyncIterable<TrackedEnvelope<Item>>>,
  ): Subscription<Input, Item>;
}

/** What a procedure's definition has of an input, for those who look at schemas. */
export type InputParser = { schema: z.ZodType };

/**
 * tRPC's builder of procedures, whose steps (`use`, `input`, `output`) run as one: tRPC itself copies the call at each, several
 * times. What it gives and throws is the same.
 *
 * - Inputs and answers are parsed by `parse`, the only way that Zod compiles; tRPC calls `parseAsync`.
 * - `checkInput` sees each input that was parsed.
 * - Answers that are documents of ours were checked when they were read: they are validated only where the context says
 *   so, those that MongoDB computes always.
 */
export function procedureBuilder(
  builder: object,
  checkInput: CheckInput = () => undefined,
): ProcedureBuilder<Context> {
  // What each step adds is known to its types alone.
  return withSteps({ ...(builder as Ends), checkInput }, [], []) as unknown as ProcedureBuilder<Context>;
}

function withSteps(
  builder: Ends & { checkInput: CheckInput },
  steps: readonly Step[],
  inputs: readonly InputParser[],
) {
  const end = (kind: Kind) => (resolver: Resolver) => {
    const procedure = builder[kind](oneStep(steps, resolver));
    Object.assign(procedure._def, { inputs });
    return procedure;
  };
  const add = (step: Step, more: readonly InputParser[] = []) =>
    withSteps(builder, [...steps, step], [...inputs, ...more]);
  return {
    use: (middleware: Middleware) => add(stepOf(middleware)),
    input: (schema: z.ZodType) => add(inputStep(schema, builder.checkInput), [{ schema }]),
    output: (schema: z.ZodType) => add(outputStep(schema)),
    query: end('query'),
    mutation: end('mutation'),
    subscription: end('subscription'),
  };
}

/** All of the steps, and the resolver last, as one resolver for tRPC. */
function oneStep(steps: readonly Step[], resolver: Resolver): Resolver {
  const resolve: Run = async (call) => ({ ok: true, data: await resolver(call) });
  const run = steps.reduceRight<Run>((next, step) => {
    const caught = catching(next);
    return (call) => step(call, caught);
  }, resolve);
  return async (call) => {
    const result = await run(call);
    if (result.ok) return result.data;
    throw result.error;
  };
}

/** What a step throws is a result to those before it. */
function catching(run: Run): Run {
  return async (call) => {
    try {
      return await run(call);
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) };
    }
  };
}

function stepOf(middleware: Middleware): Step {
  return (call, run) =>
    middleware({
      ...call,
      next: (more) => run(more?.ctx === undefined ? call : { ...call, ctx: { ...call.ctx, ...more.ctx } }),
    });
}

function inputStep(schema: z.ZodType, checkInput: CheckInput): Step {
  return async (call, run) => {
    const parsed = schema.safeParse(await call.getRawInput());
    if (parsed.success) {
      const withInput = { ...call, input: parsed.data };
      checkInput(withInput);
      return run(withInput);
    }
    // Without a message of its own tRPC takes the cause's, which is all of its faults as JSON.
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Invalid input', cause: parsed.error });
  };
}

const COMPUTED_AREAS = /^(?:admin|metrics|search)\./;
const COMPUTED: ReadonlySet<string> = new Set(['agents.workload', 'objections.stats']);

function outputStep(schema: z.ZodType): Step {
  return async (call, run) => {
    const result = await run(call);
    const { ctx, path } = call;
    const isValidated = ctx.validatesAnswers || COMPUTED.has(path) || COMPUTED_AREAS.test(path);
    if (!result.ok || !isValidated) return result;
    const { success, data, error } = schema.safeParse(result.data);
    if (success) return { ok: true, data };
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Output validation failed', cause: error });
  };
}
