import { type StoredAs, storedAs, storedName, Timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import type { z } from 'zod';
import { instantOfDate, isInstant } from './instant.ts';

/** A document that is not what its schema says: of a newer version, or damaged. Has no value of the document. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
  /** The field that is missing or wrong, by the schema's names; empty where the whole is. */
  readonly field: string;

  constructor(field: string) {
    super(`The document cannot be read${field === '' ? '' : ` at ${field}`}`);
    this.field = field;
  }
}

/** What a reader gives instead of a value that its schema does not allow. */
const INVALID = Symbol('invalid');

/** Gives the wire form of a stored value, or INVALID. Exceptions would cost too much in unions. */
type Reader = (stored: unknown) => unknown;

/** Where the latest INVALID came from. Read and emptied by whoever ends it. */
let fault = '';

function invalidAt(key: string): typeof INVALID {
  fault = fault === '' ? key : `${key}.${fault}`;
  return INVALID;
}

/**
 * Compiles a schema into the way from a stored document to its wire form. Everything that the schema says is checked;
 * fields that it does not have are left out, so that a newer version may add some.
 *
 * @returns a function that throws Undecodable
 * @throws TypeError on a kind of schema that it does not know
 */
export function decoderOf<Schema extends z.ZodType>(
  schema: Schema,
): (document: Document) => z.output<Schema> {
  const read = readerOf(schema);
  return (document) => {
    fault = '';
    const wire = read(document);
    if (wire === INVALID) throw new Undecodable(fault);
    // The readers follow the schema, so what they let through is its output.
    return wire as z.output<Schema>;
  };
}

/** The same, but null for what the schema does not allow. */
export function tryDecoderOf<Schema extends z.ZodType>(
  schema: Schema,
): (document: Document) => z.output<Schema> | null {
  const decode = decoderOf(schema);
  return (document) => {
    try {
      return decode(document);
    } catch (error) {
      if (error instanceof Undecodable) return null;
      throw error;
    }
  };
}

function readerOf(schema: z.core.$ZodType): Reader {
  return withChecks(typeReaderOf(schema), checksOf(schema));
}

function typeReaderOf(schema: z.core.$ZodType): Reader {
  const stored = storedAs.get(schema);
  if (stored !== undefined) return READERS[stored.bson];
  // Zod's own union of all its schemas: what lets `def.type` tell them apart.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : INVALID);
    case 'number':
      return 'format' in def && def.format === 'safeint'
        ? (value) => (Number.isSafeInteger(value) ? value : INVALID)
        : (value) => (Number.isFinite(value) ? value : INVALID);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : INVALID);
    case 'null':
      return (value) => (value === null ? null : INVALID);
    case 'enum':
      return oneOf(Object.values(def.entries));
    case 'literal':
      return oneOf(def.values);
    case 'nullable': {
      const read = readerOf(def.innerType);
      return (value) => (value === null ? null : read(value));
    }
    // A field that is absent is told from one that is there before its reader is asked.
    case 'optional':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
      return readerOf(def.innerType);
    case 'array':
      return arrayReader(readerOf(def.element));
    case 'record':
      return recordReader(readerOf(def.keyType), readerOf(def.valueType));
    case 'object':
      return objectReader(def.shape);
    case 'union':
      return 'discriminator' in def
        ? choiceReader(def.options, String(def.discriminator))
        : unionReader(def.options.map(readerOf));
    default:
      throw new TypeError(`The decoder does not know ${def.type} schemas`);
  }
}

function readDate(value: unknown): unknown {
  return isInstant(value) ? instantOfDate(value) : INVALID;
}

function readObjectId(value: unknown): unknown {
  return value instanceof ObjectId ? value.toHexString() : INVALID;
}

function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return INVALID;
  try {
    return JSON.parse(value);
  } catch {
    return INVALID;
  }
}

function readTextOrJson(value: unknown): unknown {
  if (typeof value === 'string') return value;
  return isPlainObject(value) ? readJson(value['json']) : INVALID;
}

const READERS: Record<StoredAs, Reader> = {
  date: readDate,
  objectId: readObjectId,
  json: readJson,
  textOrJson: readTextOrJson,
};

function oneOf(values: readonly unknown[]): Reader {
  const allowed = new Set(values);
  return (value) => (allowed.has(value) ? value : INVALID);
}

function arrayReader(read: Reader): Reader {
  return (value) => {
    if (!Array.isArray(value)) return INVALID;
    let wire: unknown[] = value;
    for (let index = 0; index < value.length; index += 1) {
      const item = read(value[index]);
      if (item === INVALID) return INVALID;
      if (item === value[index]) continue;
      if (wire === value) wire = [...value];
      wire[index] = item;
    }
    return wire;
  };
}

type Fields = Record<string, unknown>;

/** Values of BSON that JSON does not have, a Decimal128 or a regular expression, are objects of classes. */
function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const countKeys = (value: Fields): number => Object.keys(value).length;

/** The keys are somebody's words, so that a fault does not name them. */
function recordReader(readKey: Reader, readValue: Reader): Reader {
  return (value) => {
    if (!isPlainObject(value)) return INVALID;
    let wire = value;
    for (const key in value) {
      if (readKey(key) === INVALID) return invalidAt('*');
      const item = readValue(value[key]);
      if (item === INVALID) return invalidAt('*');
      if (item === value[key]) continue;
      if (wire === value) wire = { ...value };
      wire[key] = item;
    }
    return wire;
  };
}

function objectReader(shape: z.core.$ZodShape): Reader {
  const fields = Object.entries(shape).map(([key, schema]) => ({
    key,
    name: storedName.get(schema)?.name ?? key,
    read: readerOf(schema),
    isOptional: schema._zod.optout === 'optional',
  }));
  return (value) => {
    if (!isPlainObject(value)) return INVALID;
    let wire = value;
    let known = 0;
    for (const { key, name, read, isOptional } of fields) {
      const given = value[name];
      if (given === undefined) {
        if (!isOptional) return invalidAt(name);
        continue;
      }
      known += 1;
      const field = read(given);
      if (field === INVALID) return invalidAt(name);
      if (field === given && name === key) continue;
      // A spread copies the hidden class in one go: many times faster than field by field.
      if (wire === value) wire = { ...value };
      wire[key] = field;
    }
    return countKeys(wire) === known ? wire : pick(wire, fields);
  };
}

function pick(value: Fields, fields: readonly { key: string }[]): Fields {
  const picked: Fields = {};
  for (const { key } of fields) if (value[key] !== undefined) picked[key] = value[key];
  return picked;
}

function choiceReader(options: readonly z.core.$ZodType[], key: string): Reader {
  const members = new Map<unknown, Reader>();
  for (const option of options) {
    const read = readerOf(option);
    for (const value of option._zod.propValues?.[key] ?? []) members.set(value, read);
  }
  return (value) => {
    if (!isPlainObject(value)) return INVALID;
    const read = members.get(value[key]);
    return read === undefined ? invalidAt(key) : read(value);
  };
}

/** Of the members that a value may be, the one that leaves out the fewest of its fields. */
function unionReader(readers: readonly Reader[]): Reader {
  return (value) => {
    let best: unknown = INVALID;
    let kept = -1;
    for (const read of readers) {
      fault = '';
      const wire = read(value);
      if (wire === INVALID) continue;
      if (!isPlainObject(wire) || !isPlainObject(value)) return wire;
      const keys = countKeys(wire);
      if (keys === countKeys(value)) return wire;
      if (keys > kept) [best, kept] = [wire, keys];
    }
    if (best !== INVALID) fault = '';
    return best;
  };
}

type Check = (wire: unknown) => boolean;

function withChecks(read: Reader, checks: readonly Check[]): Reader {
  if (checks.length === 0) return read;
  return (value) => {
    const wire = read(value);
    if (wire === INVALID) return INVALID;
    for (const check of checks) if (!check(wire)) return INVALID;
    return wire;
  };
}

/** What the form of a stored instant sees to already. */
const CHECKS_OF_INSTANTS: ReadonlySet<unknown> = new Set(Timestamp._zod.def.checks);

function checksOf(schema: z.core.$ZodType): Check[] {
  const bson = storedAs.get(schema)?.bson;
  // What was parsed from JSON is JSON.
  if (bson === 'json' || bson === 'textOrJson') return [];
  const isConverted = storedAs.get(schema) !== undefined;
  // The pattern of an id or an instant is that of its conversion.
  const checks = (schema._zod.def.checks ?? []).filter(
    (check) => !isConverted || !(CHECKS_OF_INSTANTS.has(check) || check._zod.def.check === 'string_format'),
  );
  return checks.map(checkOf);
}

/** The checks that stand everywhere, without what Zod adds for its messages; any other is Zod's own. */
function checkOf(check: z.core.$ZodCheck): Check {
  // Zod's own unions of all its checks, and the one that it leaves out: of `refine`.
  const def = check._zod.def as z.core.$ZodChecks['_zod']['def'] | z.core.$ZodCustomDef;
  switch (def.check) {
    case 'min_length':
      return (value) => lengthOf(value) >= def.minimum;
    case 'max_length':
      return (value) => lengthOf(value) <= def.maximum;
    case 'greater_than':
      return def.inclusive
        ? (value) => Number(value) >= Number(def.value)
        : (value) => Number(value) > Number(def.value);
    case 'less_than':
      return def.inclusive
        ? (value) => Number(value) <= Number(def.value)
        : (value) => Number(value) < Number(def.value);
    case 'custom':
      // `superRefine` has the same name, and no such function.
      return typeof def.fn === 'function' ? (value) => Boolean(def.fn(value)) : zodCheck(check);
    default:
      return zodCheck(check);
  }
}

function zodCheck(check: z.core.$ZodCheck): Check {
  return (value) => {
    const payload = { value, issues: [] };
    // The value has the type of the schema that the check belongs to.
    void check._zod.check(payload as never);
    return payload.issues.length === 0;
  };
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}
