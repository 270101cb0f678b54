import { storedAs, storedName } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import type { z } from 'zod';
import { decoderOf } from './decoder.ts';
import { dateOfInstant } from './instant.ts';

/** Brings a value of the wire into its stored form and back. */
export type Codec<Value> = {
  /** @throws RangeError on a string that is no instant, or no id, where the schema asks for one */
  encode: (value: Value) => Document;
  /** The same for some of an object's fields. */
  encodePart: (part: Partial<Value>) => Document;
  /**
   * Checks what it reads, and leaves out fields that the schema does not have.
   * @throws Undecodable
   */
  decode: (document: Document) => Value;
};

type Fields = Record<string, unknown>;
type Convert = (value: unknown) => unknown;

/** What a schema allows at one path, as far as it matters for conversion. */
type Plan = {
  /** How strings are kept; absent where no string may stand. */
  text?: 'date' | 'objectId' | 'text';
  /** Any JSON may stand here: kept as its text, and a string as it is where `textOrJson` says so. */
  json?: 'json' | 'textOrJson';
  /** Numbers and booleans may stand here. */
  scalar?: true;
  items?: Plan;
  object?: ObjectPlan;
};

type ObjectPlan =
  | { kind: 'fields'; fields: Map<string, Plan>; optional: Set<string>; names: Map<string, string> }
  | { kind: 'record'; values: Plan }
  | { kind: 'choice'; key: string; members: Map<unknown, ObjectPlan> };

/**
 * Compiles a schema into a codec. Do it once a schema: the walk is slow, the codec is fast.
 * Subtrees with nothing to convert are handed over by reference, so treat both sides as immutable.
 *
 * @throws TypeError on a kind of schema that it does not know, and on a union whose members
 *   keep the same string in different ways
 */
export function codecOf<Schema extends z.ZodType>(schema: Schema): Codec<z.output<Schema>> {
  const plan = planOf(schema, '');
  const encoder = encoderOf(plan);
  // The plan follows the schema, so the closure maps its output to a document.
  const encode = (value: unknown) => (encoder === null ? value : encoder(value)) as Document;
  return { encode, encodePart: encode, decode: decoderOf(schema) };
}

function planOf(schema: z.core.$ZodType, path: string): Plan {
  const storage = storedAs.get(schema);
  if (storage !== undefined) {
    const { bson } = storage;
    return bson === 'json' || bson === 'textOrJson' ? { json: bson } : { text: bson };
  }
  // Zod's own union of all its schemas: what lets `def.type` tell them apart.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return { text: 'text' };
    case 'number':
    case 'boolean':
      return { scalar: true };
    case 'null':
      return {};
    case 'enum':
      return planOfLiterals(Object.values(def.entries));
    case 'literal':
      return planOfLiterals(def.values);
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
      return planOf(def.innerType, path);
    case 'array':
      return { items: planOf(def.element, `${path}[]`) };
    case 'record':
      return { object: { kind: 'record', values: planOf(def.valueType, `${path}.*`) } };
    case 'object': {
      const fields = new Map<string, Plan>();
      const optional = new Set<string>();
      const names = new Map<string, string>();
      for (const [key, field] of Object.entries(def.shape)) {
        fields.set(key, planOf(field, `${path}.${key}`));
        if (field._zod.optout === 'optional') optional.add(key);
        const stored = storedName.get(field);
        if (stored !== undefined) names.set(key, stored.name);
      }
      return { object: { kind: 'fields', fields, optional, names } };
    }
    case 'union': {
      const discriminator = 'discriminator' in def ? String(def.discriminator) : undefined;
      if (discriminator !== undefined) return { object: choiceOf(def.options, discriminator, path) };
      return def.options
        .map((option) => planOf(option, path))
        .reduce((merged, next) => merge(merged, next, path));
    }
    default:
      throw new TypeError(`The codec does not know ${def.type} schemas, met at ${describePath(path)}`);
  }
}

/** Text keeps every key and number, which BSON does not: keys that begin with `$`, `__proto__`, 1 and 1.0. */
function textOfJson(value: unknown): string {
  return JSON.stringify(value);
}

/** A string as it is, where UTF-8 can hold it; anything else as its text in a document of its own. */
function textOrJson(value: unknown): unknown {
  if (typeof value === 'string' && value.isWellFormed()) return value;
  return { json: textOfJson(value) };
}

function planOfLiterals(values: readonly unknown[]): Plan {
  const plan: Plan = {};
  if (values.some((value) => typeof value === 'string')) plan.text = 'text';
  if (values.some((value) => typeof value === 'number' || typeof value === 'boolean')) plan.scalar = true;
  return plan;
}

function choiceOf(options: readonly z.core.$ZodType[], key: string, path: string): ObjectPlan {
  const members = new Map<unknown, ObjectPlan>();
  for (const option of options) {
    const { object } = planOf(option, path);
    const values = option._zod.propValues?.[key];
    if (object === undefined || values === undefined) {
      throw new TypeError(`A member of the union at ${describePath(path)} has no literal ${key}`);
    }
    for (const value of values) members.set(value, object);
  }
  return { kind: 'choice', key, members };
}

function merge(left: Plan, right: Plan, path: string): Plan {
  if (left.text !== undefined && right.text !== undefined && left.text !== right.text) {
    throw new TypeError(
      `The union at ${describePath(path)} keeps one string as ${left.text} and as ${right.text}`,
    );
  }
  const plan: Plan = {};
  const text = left.text ?? right.text;
  if (text !== undefined) plan.text = text;
  if (left.scalar || right.scalar) plan.scalar = true;
  const items =
    left.items && right.items ? merge(left.items, right.items, `${path}[]`) : (left.items ?? right.items);
  if (items !== undefined) plan.items = items;
  const object =
    left.object && right.object
      ? mergeObjects(left.object, right.object, path)
      : (left.object ?? right.object);
  if (object !== undefined) plan.object = object;
  return plan;
}

function mergeObjects(left: ObjectPlan, right: ObjectPlan, path: string): ObjectPlan {
  if (left.kind === 'record' && right.kind === 'record') {
    return { kind: 'record', values: merge(left.values, right.values, `${path}.*`) };
  }
  if (left.kind === 'fields' && right.kind === 'fields') {
    const fields = new Map(left.fields);
    for (const [key, plan] of right.fields) {
      const other = fields.get(key);
      fields.set(key, other === undefined ? plan : merge(other, plan, `${path}.${key}`));
    }
    const optional = new Set([...left.optional, ...right.optional]);
    return { kind: 'fields', fields, optional, names: new Map([...left.names, ...right.names]) };
  }
  throw new TypeError(`The union at ${describePath(path)} has objects that cannot be told apart`);
}

function describePath(path: string): string {
  return path === '' ? 'the root' : path.slice(1);
}

/** Null where nothing is to be converted. */
function encoderOf(plan: Plan): Convert | null {
  if (plan.json !== undefined) return plan.json === 'json' ? textOfJson : textOrJson;
  const text = plan.text === 'date' ? dateOfInstant : plan.text === 'objectId' ? objectIdOf : null;
  const items = plan.items && arrayConverter(encoderOf(plan.items));
  const object = plan.object && objectConverter(plan.object);
  if (text === null && !items && !object) return null;
  const { scalar } = plan;
  return (value) => {
    if (value === null) return null;
    if (typeof value === 'string') return text === null ? value : text(value);
    if (typeof value === 'object') {
      if (Array.isArray(value)) return items ? items(value) : value;
      if (object) return object(value as Fields);
      if (plan.object) return value;
    } else if (scalar) return value;
    // A Date or a number here would be stored silently as something else.
    throw new RangeError(`Expected ${plan.text ?? 'an object'} in its wire form, got ${typeof value}`);
  };
}

function arrayConverter(convert: Convert | null): ((values: unknown[]) => unknown) | null {
  return convert && ((values) => (values.length === 0 ? values : values.map((value) => convert(value))));
}

function objectConverter(plan: ObjectPlan): ((value: Fields) => Fields) | null {
  switch (plan.kind) {
    case 'fields': {
      const fields: { key: string; convert: Convert }[] = [];
      for (const [key, field] of plan.fields) {
        const convert = encoderOf(field);
        if (convert !== null) fields.push({ key, convert });
      }
      return renamed(fieldConverter(fields, [...plan.optional]), [...plan.names]);
    }
    case 'record': {
      const convert = encoderOf(plan.values);
      return (
        convert &&
        ((value) => {
          const copy = { ...value };
          for (const key in copy) copy[key] = convert(copy[key]);
          return copy;
        })
      );
    }
    case 'choice': {
      const { key } = plan;
      const members = new Map<unknown, ((value: Fields) => Fields) | null>();
      for (const [literal, member] of plan.members) {
        members.set(literal, objectConverter(member));
      }
      if ([...members.values()].every((member) => member === null)) return null;
      return (value) => {
        const member = members.get(value[key]);
        if (member === undefined) throw new RangeError(`Unknown ${key}: ${String(value[key])}`);
        return member === null ? value : member(value);
      };
    }
  }
}

function fieldConverter(
  fields: { key: string; convert: Convert }[],
  optional: string[],
): ((value: Fields) => Fields) | null {
  if (fields.length === 0 && optional.length === 0) return null;
  return (value) => {
    let source = value;
    for (const key of optional) {
      if (source[key] === undefined && key in source) {
        source = withoutUndefined(source);
        break;
      }
    }
    if (fields.length === 0) return source;
    // A spread copies the hidden class in one go: many times faster than field by field.
    const copy = { ...source };
    for (const { key, convert } of fields) {
      const field = copy[key];
      // JSON has a null of its own.
      if (field !== undefined && (field !== null || convert === textOfJson || convert === textOrJson))
        copy[key] = convert(field);
    }
    return copy;
  };
}

/** Puts renamed fields under the names by which they are kept. */
function renamed(
  convert: ((value: Fields) => Fields) | null,
  names: readonly (readonly [key: string, name: string])[],
): ((value: Fields) => Fields) | null {
  if (names.length === 0) return convert;
  return (value) => {
    const copy = { ...(convert === null ? value : convert(value)) };
    for (const [key, name] of names) {
      if (!(key in copy)) continue;
      copy[name] = copy[key];
      delete copy[key];
    }
    return copy;
  };
}

function withoutUndefined(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

function objectIdOf(text: string): ObjectId {
  if (text.length !== 24) throw new RangeError(`Not an id: ${text}`);
  return ObjectId.createFromHexString(text);
}
