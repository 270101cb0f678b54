import { storedAs } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { appRouter } from './app-router.ts';
import type { InputParser } from './procedure-builder.ts';

/** A schema and all that it is made of, each with the path at which it stands. */
function* partsOf(schema: z.core.$ZodType, path: string): Generator<[path: string, part: z.core.$ZodType]> {
  yield [path, schema];
  for (const [key, value] of Object.entries(schema._zod.def))
    if (key !== 'checks') yield* schemasIn(value, `${path}.${key}`);
}

function* schemasIn(value: unknown, path: string): ReturnType<typeof partsOf> {
  if (value instanceof z.core.$ZodType) yield* partsOf(value, path);
  else if (typeof value === 'object' && value !== null && path.split('.').length < 40)
    for (const [key, inner] of Object.entries(value)) yield* schemasIn(inner, `${path}.${key}`);
}

// Its type nests procedures by area and hides their parsers; what tRPC keeps is flat.
const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { inputs: InputParser[] } }
>;

const inputs = Object.entries(procedures).flatMap(([name, { _def }]) =>
  _def.inputs.map(({ schema }): [string, unknown] => [name, schema]),
);

const texts = inputs.flatMap(([name, input]) =>
  [...schemasIn(input, name)].filter(([, { _zod }]) => _zod.def.type === 'string'),
);

describe('half of a surrogate pair', () => {
  it.each([
    ['high', 'x\uD800y'],
    ['low', 'x\uDC00y'],
  ])('is refused in every text of every procedure: a %s one', (_, half) => {
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter(([, text]) => z.safeParse(text, half).success).map(([path]) => path)).toEqual([]);
  });

  it('has nowhere else to stand: every input is a schema, and no part of one takes anything', () => {
    expect(inputs.filter(([, input]) => !(input instanceof z.core.$ZodType))).toEqual([]);
    const open = inputs.flatMap(([name, input]) =>
      [...schemasIn(input, name)].filter(([path, schema]) => {
        const isPiped = path.endsWith('.in');
        // JSON is kept as its text, which escapes what UTF-8 cannot hold.
        const isJson = storedAs.get(schema) !== undefined;
        return ['any', 'unknown', 'custom'].includes(schema._zod.def.type) && !isPiped && !isJson;
      }),
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });
});
