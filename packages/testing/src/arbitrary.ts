import { LocalTime, storedAs, TimeZone } from '@baton/schema';
import fc from 'fast-check';
import { z } from 'zod';

/** Longest arrays and records, where their schema allows as many. */
const MAX_ITEMS = 4;

/** Longest strings: of more, a few hundred values would fill the memory. */
const LONGEST_TEXT = 150_000;

/** How often a string has the least, the greatest, or any length. */
const BOUND_WEIGHT = 1;
const ANY_WEIGHT = 12;

const instants = fc
  .date({
    min: new Date('0000-01-01T00:00:00.000Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

const half = fc.constantFrom('\uD800', 'x\uDFFF');

/** Any JSON that the wire keeps: keys of every kind, half a pair of surrogates, no -0. */
const json = fc
  .jsonValue({ stringUnit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), half) })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

/** Random strings would hardly ever pass these schemas. */
const special = new Map<z.core.$ZodType, fc.Arbitrary<unknown>>([
  [
    TimeZone,
    fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
  ],
  [LocalTime, instants.map((instant) => instant.slice(0, 16))],
]);

/**
 * Values that pass the schema, bounds and edge cases included. Slow to build: keep it for all tests of a file.
 * @throws TypeError for a kind of schema that it does not know
 */
export function arbitraryOf<Schema extends z.ZodType>(schema: Schema): fc.Arbitrary<z.output<Schema>> {
  // `valuesOf` follows the schema, and filters by it.
  return valuesOf(schema) as fc.Arbitrary<z.output<Schema>>;
}

function valuesOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const specialValues = special.get(schema);
  if (specialValues !== undefined) return specialValues;
  const values = unrefined(schema);
  return hasChecks(schema) ? values.filter((value) => z.safeParse(schema, value).success) : values;
}

function hasChecks({ _zod: { def } }: z.core.$ZodType): boolean {
  return def.checks !== undefined && def.checks.length > 0;
}

function unrefined(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const bson = storedAs.get(schema)?.bson;
  if (bson === 'json' || bson === 'textOrJson') return json;
  // Zod's union of all its schemas, which `def.type` discriminates.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return storedAs.get(schema)?.bson === 'date' ? instants : strings(boundsOf(schema));
    case 'number':
      return numbers(boundsOf(schema), 'format' in def && def.format === 'safeint');
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'optional':
      return fc.option(valuesOf(def.innerType), { nil: undefined, freq: 2 });
    case 'nullable':
      return fc.option(valuesOf(def.innerType), { nil: null, freq: 2 });
    case 'nonoptional':
      return valuesOf(def.innerType).filter((value) => value !== undefined);
    case 'default':
    case 'prefault':
    case 'readonly':
      return valuesOf(def.innerType);
    case 'union':
      return fc.oneof(...def.options.map(valuesOf));
    case 'array':
      return arrays(valuesOf(def.element), boundsOf(schema));
    case 'record':
      return fc.dictionary(valuesOf(def.keyType).map(String), valuesOf(def.valueType), {
        maxKeys: MAX_ITEMS,
      });
    case 'object':
      return objects(def.shape);
    default:
      throw new TypeError(`No arbitrary of ${def.type} schemas`);
  }
}

/** Optional keys are left out rather than undefined, which JSON and BSON do not have. */
function objects(shape: z.core.$ZodShape): fc.Arbitrary<unknown> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [key, field] of Object.entries(shape)) model[key] = valuesOf(field);
  return fc
    .record(model)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)));
}

type Bounds = { min?: number; max?: number; pattern?: RegExp };

function boundsOf({ _zod: { def } }: z.core.$ZodType): Bounds {
  const bounds: Bounds = {};
  for (const check of def.checks ?? []) {
    // Zod's union of all its checks. The filter takes care of exclusive bounds.
    const { def: rule } = (check as z.core.$ZodChecks)._zod;
    if (rule.check === 'min_length') bounds.min = rule.minimum;
    else if (rule.check === 'max_length') bounds.max = rule.maximum;
    else if (rule.check === 'length_equals') bounds.min = bounds.max = rule.length;
    else if (rule.check === 'greater_than') bounds.min = Number(rule.value);
    else if (rule.check === 'less_than') bounds.max = Number(rule.value);
    else if (rule.check === 'string_format' && rule.pattern !== undefined) bounds.pattern = rule.pattern;
  }
  return bounds;
}

function arrays(items: fc.Arbitrary<unknown>, { min = 0, max = Infinity }: Bounds): fc.Arbitrary<unknown[]> {
  return fc.array(items, { minLength: min, maxLength: Math.min(max, min + MAX_ITEMS) });
}

function strings({ min = 0, max = min + 20, pattern }: Bounds): fc.Arbitrary<string> {
  if (pattern !== undefined) return matching(pattern);
  const longest = Math.min(max, LONGEST_TEXT);
  // Two UTF-16 units a code point: code that confuses the two fails on these.
  const pairs = (units: number) => '🤝'.repeat(Math.floor(units / 2)) + 'x'.repeat(units % 2);
  return fc.oneof(
    { arbitrary: fc.string({ unit: 'binary', minLength: min, maxLength: max }), weight: ANY_WEIGHT },
    { arbitrary: fc.constantFrom('x'.repeat(min), pairs(min)), weight: BOUND_WEIGHT },
    { arbitrary: fc.constantFrom('x'.repeat(longest), pairs(longest)), weight: BOUND_WEIGHT },
  );
}

const matchers = new Map<string, fc.Arbitrary<string>>();

/** Cached: fast-check takes long to build one, and many fields share a pattern. */
function matching(pattern: RegExp): fc.Arbitrary<string> {
  // Fast-check knows no such flag: a text of the letters as they stand is one of those that match.
  const { source, flags } = pattern;
  const matched =
    matchers.get(String(pattern)) ?? fc.stringMatching(new RegExp(source, flags.replace('i', '')));
  matchers.set(String(pattern), matched);
  return matched;
}

function numbers({ min, max }: Bounds, whole: boolean): fc.Arbitrary<number> {
  if (whole) return fc.integer({ min: min ?? Number.MIN_SAFE_INTEGER, max: max ?? Number.MAX_SAFE_INTEGER });
  return fc.double({
    min: min ?? -Number.MAX_VALUE,
    max: max ?? Number.MAX_VALUE,
    noNaN: true,
  });
}
