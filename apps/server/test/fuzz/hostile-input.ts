import fc from 'fast-check';

/** The operand of every operator in an input: where the driver gets an operator with it, an input reached it. */
export const OPERAND = 'fuzz-operand';

const operators = fc.constantFrom(
  ...'$gt $ne $where $expr $function $regex $in $exists $set $inc $lookup $out $merge $text $jsonSchema $fuzz'.split(
    ' ',
  ),
);

/** An object with this name of its own, which a literal would take for the prototype. */
const withPrototype = (value: unknown): unknown =>
  JSON.parse(`{"__proto__":${JSON.stringify(value)},"constructor":{"prototype":${JSON.stringify(value)}}}`);

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

const texts = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\uD800',
    'x\uDFFF',
    '\u202Eabc',
    '\uFEFF',
    '$where',
    'a.b',
    '__proto__',
    '{"$gt":""}',
    '"',
    '"a" -b "c',
    '-',
    '- - -',
    "l'", // an apostrophe with nothing behind it
    '../../etc/passwd',
    '%00',
    '<script>alert(1)</script>',
    '9999-12-31T23:59:59.999Z',
    '2026-02-30T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    'f'.repeat(24),
    'F'.repeat(24),
    '0'.repeat(24),
    '漢字かな交じり文',
    '한국어는 어렵다',
    'e\u0301'.repeat(50),
    '👩‍👩‍👧‍👦'.repeat(20),
    'İıſẞ',
  ),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom(
    'a'.repeat(32_001),
    'ab '.repeat(10_000),
    '"'.repeat(5_000),
    '-a '.repeat(5_000),
    '漢'.repeat(5_000),
    'ab'.repeat(16_000),
  ),
);

const numbers = fc.constantFrom(
  0,
  -0,
  -1,
  0.5,
  1e-7,
  1e21,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 63),
  1_000_000,
);

const values: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(operators, fc.constant(OPERAND)).map(([name, operand]) => ({ [name]: operand })),
  },
  { weight: 3, arbitrary: texts },
  { weight: 2, arbitrary: numbers },
  fc.constantFrom<unknown>(null, true, false, [], {}, [null], nested(30), nested(70)),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(OPERAND).map((polluted) => withPrototype({ polluted })),
  fc.integer({ min: 1, max: 3_000 }).map((length) => Array.from({ length }, (_, index) => index)),
  fc
    .integer({ min: 1, max: 500 })
    .map((length) => Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, index]))),
);

type Change = { at: number; what: 'replace' | 'remove' | 'add' | 'repeat'; value: unknown; name: string };

const changes: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(1_000),
  what: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'repeat'),
  value: values,
  name: fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', '$set', 'a.b', '', 'extra'),
    operators,
  ),
});

/** An input with some of its values replaced by hostile ones, or hostile as a whole. */
export function hostile(input: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.tuple(input, fc.array(changes, { minLength: 1, maxLength: 3 })).map(changed) },
    { weight: 1, arbitrary: values },
  );
}

function changed([input, each]: [unknown, Change[]]): unknown {
  let result: unknown = structuredClone(input);
  for (const change of each) result = changeOnce(result, change);
  return result;
}

function changeOnce(input: unknown, { at, what, value, name }: Change): unknown {
  const places = [...placesIn(input)];
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return structuredClone(value);
  const [parent, key] = place;
  // Nothing is shared, so that nothing can come to hold itself.
  const copy: unknown = structuredClone(value);
  const old: unknown = Reflect.get(parent, key);
  if (what === 'remove') Reflect.deleteProperty(parent, key);
  else if (what === 'add') define(typeof old === 'object' && old !== null ? old : parent, name, copy);
  else if (what === 'repeat') define(parent, key, [old, structuredClone(old)]);
  else define(parent, key, copy);
  return input;
}

/** As JSON.parse would: `__proto__` is a name like any other. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Every place of a value in an input: the object or list that has it, and under which name. */
function* placesIn(input: unknown): Generator<[parent: object, key: string]> {
  if (typeof input !== 'object' || input === null) return;
  for (const key of Object.keys(input)) {
    yield [input, key];
    yield* placesIn(Reflect.get(input, key));
  }
}
