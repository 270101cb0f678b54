import { z } from 'zod';
import type { NamedSchema } from './named.ts';
import { storedAs } from './storage.ts';

/** Any JSON. An interface passes for it, which no type with an index would let through; the rest is looked at. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- `unknown` would make the fields that hold it optional
export type JsonValue = NonNullable<unknown> | null;

/** More levels than an input may have. */
const DEEPEST = 100;

/** Whether `JSON.stringify` and `JSON.parse` give an equal value: no infinite number, no instance of a class. */
function isJson(value: unknown, levels = DEEPEST): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (levels === 0) return false;
      if (Array.isArray(value)) return value.every((item) => isJson(item, levels - 1));
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return false;
      return Object.values(value).every((item) => isJson(item, levels - 1));
    }
    default:
      return false;
  }
}

// A parser of records leaves out `__proto__`; this hands over the very value that was given.
const jsonOf = () => z.unknown().refine((value) => isJson(value), 'Expected JSON, with finite numbers');

/** Any JSON; given back equal, with its keys in their order, whatever they are. */
export interface JsonSchema extends NamedSchema<JsonValue, JsonValue> {}
// `isJson` lets nothing else through.
export const Json = jsonOf().register(storedAs, { bson: 'json' }) as unknown as JsonSchema;

/** The same where it is a string as a rule. */
export const TextOrJson = jsonOf().register(storedAs, { bson: 'textOrJson' }) as unknown as JsonSchema;

const encoder = new TextEncoder();
/** Most bytes of UTF-8 that a UTF-16 unit takes. */
const BYTES_OF_A_UNIT = 3;

/** How many bytes of UTF-8 a text takes; where it is surely no more than `enough`, a number that is no greater. */
export function utf8Bytes(text: string, enough = 0): number {
  return text.length * BYTES_OF_A_UNIT <= enough ? text.length : encoder.encode(text).length;
}
