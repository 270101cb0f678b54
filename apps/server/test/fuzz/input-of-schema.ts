import { Actor, storedAs } from '@baton/schema';
import { arbitraryOf } from '@baton/testing';
import fc from 'fast-check';
import type { z } from 'zod';
import type { KnownValues } from './known-values.ts';

const MAX_ITEMS = 3;

/** How often a field has a value that the server knows, of so many. */
const KNOWN_WEIGHT = 5;

/** Instants near now are the ones that matter: due, expired, in the past. */
const nearNow = fc
  .oneof(fc.integer({ min: -3_600_000, max: 3_600_000 }), fc.integer({ min: -4e10, max: 4e10 }))
  .map((ms) => new Date(Date.now() + ms).toISOString());

const leaves = new WeakMap<z.core.$ZodType, fc.Arbitrary<unknown>>();

/** Building one takes long, and the schemas stay. */
function leafOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const built = leaves.get(schema) ?? buildLeaf(schema);
  leaves.set(schema, built);
  return built;
}

function buildLeaf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (storedAs.get(schema)?.bson === 'date') return nearNow;
  try {
    // The type of all schemas that can be parsed.
    return arbitraryOf(schema as z.ZodType);
  } catch (error) {
    if (error instanceof TypeError) return fc.jsonValue({ maxDepth: 1 });
    throw error;
  }
}

/** Inputs in the form of a schema, which its finer rules may refuse: most are valid, and name what is there. */
export function inputOf(schema: z.core.$ZodType, known: KnownValues, name = ''): fc.Arbitrary<unknown> {
  if (schema === Actor) return actors(known);
  // Zod's union of all its schemas, which `def.type` discriminates.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = (of: z.core.$ZodType) => inputOf(of, known, name);
  switch (def.type) {
    case 'object':
      return objectOf(def.shape, known);
    case 'array':
      return fc.array(inner(def.element), { maxLength: MAX_ITEMS });
    case 'record':
      return fc.dictionary(leafOf(def.keyType).map(String), inner(def.valueType), { maxKeys: MAX_ITEMS });
    case 'union':
      return fc.oneof(...def.options.map(inner));
    case 'optional':
    case 'default':
    case 'prefault':
      return fc.option(inner(def.innerType), { nil: undefined, freq: 1 });
    case 'nullable':
      return fc.option(inner(def.innerType), { nil: null, freq: 2 });
    case 'nonoptional':
    case 'readonly':
      return inner(def.innerType);
    case 'pipe':
      return inner(def.in);
    default: {
      const values = known.valuesOf(name);
      const anyValue = leafOf(schema);
      if (values === null) return anyValue;
      return fc.oneof({ arbitrary: values, weight: KNOWN_WEIGHT }, { arbitrary: anyValue, weight: 1 });
    }
  }
}

/** By chance alone few would have an agent where there must be one. */
function actors(known: KnownValues): fc.Arbitrary<unknown> {
  const agentId = known.valuesOf('agentId') ?? fc.constant('ana');
  return fc.oneof(
    fc.constantFrom({ kind: 'customer' }, { kind: 'system' }, { kind: 'tool' }),
    fc.record({ kind: fc.constantFrom('agent', 'agent', 'tool', 'customer'), agentId }),
  );
}

function objectOf(shape: z.core.$ZodShape, known: KnownValues): fc.Arbitrary<unknown> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [key, field] of Object.entries(shape)) model[key] = inputOf(field, known, key);
  return fc
    .record(model)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)));
}
