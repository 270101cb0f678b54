import { type StoredAs, storedAs, storedName } from '@baton/schema';
import { z } from 'zod';

/** A `$jsonSchema` in the words that MongoDB takes: draft 4 with `bsonType` for `type`. */
export type MongoSchema = {
  bsonType?: string | string[];
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  items?: MongoSchema;
  minItems?: number;
  maxItems?: number;
  required?: string[];
  properties?: Record<string, MongoSchema>;
  patternProperties?: Record<string, MongoSchema>;
  additionalProperties?: boolean | MongoSchema;
  anyOf?: MongoSchema[];
  allOf?: MongoSchema[];
};

/** Options of a collection that has mongod refuse (code 121) whatever its schema does not describe. */
export type Validation = {
  validator: { $jsonSchema: MongoSchema };
  validationLevel: 'strict';
  validationAction: 'error';
};

/** Schemas do not change, and to translate all of them takes a tenth of a second. */
const validations = new WeakMap<z.ZodType, Readonly<Validation>>();

/** What `create` and `collMod` take for documents of this schema. */
export function validationOf(schema: z.ZodType): Readonly<Validation> {
  let validation = validations.get(schema);
  if (validation === undefined) {
    validation = {
      validator: { $jsonSchema: jsonSchemaOf(schema) },
      validationLevel: 'strict',
      validationAction: 'error',
    };
    validations.set(schema, validation);
  }
  return validation;
}

/** JSON is kept as its text; where it may be a string, which is kept as it is, in a document of its own. */
const STORED_TYPES: Record<StoredAs, string | string[]> = {
  date: 'date',
  objectId: 'objectId',
  json: 'string',
  textOrJson: ['string', 'object'],
};

/**
 * The `$jsonSchema` of a schema's stored form: never stricter than the schema, and as strict as MongoDB
 * can say it. Refinements have no words there; they stay Zod's.
 *
 * @throws TypeError on a schema that MongoDB has no words for
 */
export function jsonSchemaOf(schema: z.ZodType): MongoSchema {
  const { $schema: _, ...draft4 } = z.toJSONSchema(schema, {
    target: 'draft-04',
    io: 'output',
    reused: 'inline',
    // An empty registry: titles, descriptions and ids are no keywords of MongoDB's.
    metadata: z.registry(),
    override: ({ zodSchema, jsonSchema }) => {
      const storage = storedAs.get(zodSchema);
      if (storage !== undefined) replace(jsonSchema, { bsonType: STORED_TYPES[storage.bson] });
      else if (zodSchema._zod.def.type === 'object') renameFields(jsonSchema, zodSchema._zod.def.shape);
      else if (zodSchema._zod.def.type === 'record') limitKeys(jsonSchema, zodSchema._zod.def.keyType);
    },
  });
  return translate(draft4);
}

type Json = Record<string, unknown>;

function replace(target: Json, value: Json): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, value);
}

/** Says of renamed fields what is kept under their names of before. */
function renameFields(object: Json, shape: z.core.$ZodShape): void {
  const names = new Map(
    Object.entries(shape).map(([key, field]) => [key, storedName.get(field)?.name ?? key]),
  );
  const nameOf = (key: string) => names.get(key) ?? key;
  const { properties, required } = object;
  if (properties !== undefined && properties !== null)
    object['properties'] = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [nameOf(key), value]),
    );
  if (Array.isArray(required)) object['required'] = required.map((key) => nameOf(String(key)));
}

/** MongoDB has no `propertyNames`: only keys of the pattern may have a value. */
function limitKeys(record: Json, keys: z.core.$ZodType): void {
  const { pattern } = z.toJSONSchema(keys, { target: 'draft-04' });
  if (pattern === undefined) throw new TypeError('The keys of a stored record need a pattern');
  record['patternProperties'] = { [pattern]: record['additionalProperties'] };
  record['additionalProperties'] = false;
  delete record['propertyNames'];
}

const BSON_TYPES: Record<string, string[]> = {
  string: ['string'],
  // The driver writes 1 as an int and 2 ** 40 as a double.
  integer: ['int', 'long', 'double'],
  number: ['number'],
  boolean: ['bool'],
  null: ['null'],
  object: ['object'],
  array: ['array'],
};

const AS_THEY_ARE = new Set([
  'bsonType',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'required',
]);

function translate(schema: Json): MongoSchema {
  const words: Json = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'type') Object.assign(words, translateType(value));
    // MongoDB counts code points and Zod UTF-16 units, of which a code point has up to two.
    else if (keyword === 'minLength') words[keyword] = Math.ceil(Number(value) / 2);
    else if (keyword === 'items') words[keyword] = translate(value as Json);
    else if (keyword === 'properties' || keyword === 'patternProperties')
      words[keyword] = translateEach(value as Json);
    else if (keyword === 'additionalProperties') {
      words[keyword] = typeof value === 'boolean' ? value : translate(value as Json);
    } else if (keyword === 'allOf') words[keyword] = translateAll(value as Json[]);
    // The members of our unions exclude each other; `anyOf` stops at the first that fits.
    else if (keyword === 'anyOf' || keyword === 'oneOf')
      Object.assign(words, translateUnion(value as Json[]));
    else if (AS_THEY_ARE.has(keyword)) words[keyword] = value;
    else throw new TypeError(`MongoDB's $jsonSchema has no ${keyword}`);
  }
  return words;
}

function translateEach(schemas: Json): Record<string, MongoSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, translate(schema as Json)]));
}

function translateAll(schemas: Json[]): MongoSchema[] {
  return schemas.map((schema) => translate(schema));
}

function translateType(type: unknown): MongoSchema {
  const names = Array.isArray(type) ? type.map(String) : [String(type)];
  const types = names.flatMap((name) => {
    const bsonTypes = BSON_TYPES[name];
    if (bsonTypes === undefined) throw new TypeError(`MongoDB has no type ${name}`);
    return bsonTypes;
  });
  const words: MongoSchema = { bsonType: types.length === 1 ? types[0] : types };
  if (names.includes('integer')) words.multipleOf = 1;
  return words;
}

function typesOf({ bsonType = [] }: MongoSchema): string[] {
  return typeof bsonType === 'string' ? [bsonType] : bsonType;
}

/** A nullable schema becomes one that also takes null: shorter, and its refusals name the fault. */
function translateUnion(members: Json[]): MongoSchema {
  const translated = translateAll(members);
  const [only, ...others] = translated.filter((member) => member.bsonType !== 'null');
  if (only === undefined || others.length > 0 || translated.length === 1 || only.bsonType === undefined) {
    return { anyOf: translated };
  }
  const nullable: MongoSchema = { ...only, bsonType: [...typesOf(only), 'null'] };
  if (only.enum !== undefined) nullable.enum = [...only.enum, null];
  return nullable;
}
