import { appRouter } from '@baton/router';
import fc from 'fast-check';
import type { z } from 'zod';
import { hostile } from './hostile-input.ts';
import { inputOf } from './input-of-schema.ts';
import type { KnownValues } from './known-values.ts';

export type Procedure = {
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  schema: z.ZodType | null;
};

// At run time the procedures lie flat, by their paths; what each parses is ours (`procedure-builder.ts`).
const definitions = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: Procedure['type']; inputs?: { schema: z.ZodType }[] } }
>;

const PROCEDURES: readonly Procedure[] = Object.entries(definitions).map(([path, { _def }]) => ({
  path,
  type: _def.type,
  schema: _def.inputs?.[0]?.schema ?? null,
}));

/** Ended credentials would end the fuzzing; tests of their own have them. */
const SPARED = /^(?:session\.signOut|apiKeys\.(?:revoke|rotate)|sessions\.revoke)$/;

const FUZZED = PROCEDURES.filter(({ path }) => !SPARED.test(path));

/** Those that are called and that an answer ends, as none does a feed. */
export const ANSWERED: readonly Procedure[] = FUZZED.filter(({ type }) => type !== 'subscription');

/** They take long, wait for each other by design, and leave others less to do: each comes a fifth as often. */
const HEAVY = /^(?:metrics|search)\.|\.(?:stats|export|verifySchema)$/;

export type FuzzCall = { path: string; input: unknown };

export type FuzzRequest = {
  calls: FuzzCall[];
  type: Procedure['type'];
  isBatch: boolean;
  isPost: boolean;
  /** Which of the credentials sends it. */
  credential: number;
  /** Headers that make it one for the other adapter, or stream its answer. */
  more: Record<string, string>;
};

function callOf({ path, schema }: Procedure, known: KnownValues): fc.Arbitrary<FuzzCall> {
  const input = schema === null ? fc.constant(undefined) : inputOf(schema, known);
  return fc.record({
    path: fc.constant(path),
    input: fc.oneof({ weight: 6, arbitrary: input }, { weight: 4, arbitrary: hostile(input) }),
  });
}

/** Requests of every procedure, alone and in batches, with what the server is known to have. */
export function requestsOf(known: KnownValues, credentials: number): fc.Arbitrary<FuzzRequest> {
  const ofType = (type: Procedure['type']) =>
    fc.oneof(
      ...FUZZED.filter((each) => each.type === type).map((each) => ({
        arbitrary: callOf(each, known),
        weight: HEAVY.test(each.path) ? 1 : 5,
      })),
    );
  const request = (type: Procedure['type'], mostCalls: number) =>
    fc.record({
      calls: fc.array(ofType(type), { minLength: 1, maxLength: mostCalls }),
      type: fc.constant(type),
      isBatch: fc.boolean(),
      isPost: fc.boolean(),
      credential: fc.nat(credentials - 1),
      more: fc.constantFrom<Record<string, string>>(
        {},
        {},
        {},
        { cookie: 'theme=dark' },
        { 'trpc-accept': 'application/jsonl' },
      ),
    });
  return fc
    .oneof(
      { weight: 10, arbitrary: request('query', 1) },
      { weight: 14, arbitrary: request('mutation', 1) },
      { weight: 6, arbitrary: request('query', 30) },
      { weight: 8, arbitrary: request('mutation', 30) },
      { weight: 1, arbitrary: request('subscription', 1) },
    )
    .map((each) => ({
      ...each,
      isBatch: each.calls.length > 1 || (each.isBatch && each.type !== 'subscription'),
    }));
}
