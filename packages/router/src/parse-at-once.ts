import { TRPCError } from '@trpc/server';
import type { z } from 'zod';
import type { Context } from './context.ts';

/** What tRPC parses an input with, and keeps in a procedure's definition. */
export type InputParser = { schema: z.ZodType; parse: (value: unknown) => unknown };

/** What the wrapped builder is, as far as it matters here: each of its functions gives the next builder. */
type Builder = {
  input: (parser: InputParser) => Builder;
  output: (schema: z.ZodType) => Builder;
  use: (middleware: (call: Call) => Promise<Result>) => Builder;
};
type Result = { ok: true; data: unknown } | { ok: false };
type Call = { ctx: Context; path: string; next: () => Promise<Result> };

/**
 * A procedure's builder whose inputs and answers are parsed by `parse`, the only way that Zod compiles; tRPC calls
 * `parseAsync`. Answers that are documents of ours were checked when they were read: they are validated only where the
 * context says so, those that MongoDB computes always.
 */
export function parseAtOnce<ProcedureBuilder extends object>(builder: ProcedureBuilder): ProcedureBuilder {
  // Its types are those of tRPC's own builder, which has these functions, and stay as they are.
  const inner = builder as unknown as Builder;
  const wrapped = {
    ...inner,
    input: (schema: z.ZodType) => parseAtOnce(inner.input({ schema, parse: (value) => schema.parse(value) })),
    output: (schema: z.ZodType) => parseAtOnce(inner.use(answerValidator(schema))),
    use: (middleware: Parameters<Builder['use']>[0]) => parseAtOnce(inner.use(middleware)),
  };
  return wrapped as unknown as ProcedureBuilder;
}

const COMPUTED_AREAS = /^(?:admin|metrics|search)\./;
const COMPUTED: ReadonlySet<string> = new Set(['agents.workload', 'objections.stats']);

function answerValidator(schema: z.ZodType): (call: Call) => Promise<Result> {
  return async ({ ctx, path, next }) => {
    const result = await next();
    const isValidated = ctx.validatesAnswers || COMPUTED.has(path) || COMPUTED_AREAS.test(path);
    if (!result.ok || !isValidated) return result;
    const { success, data, error } = schema.safeParse(result.data);
    if (success) return { ...result, data };
    const message = 'Output validation failed';
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message, cause: error });
  };
}
