import { AgentId, ConversationId, Metadata, Tags, Timestamp } from '@baton/schema';
import { arbitraryOf } from '@baton/testing';
import fc from 'fast-check';
import { BSONRegExp, Decimal128, Long, ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CollectionDeclaration, declaredCollections } from './collections.ts';
import { codecOf } from './codec.ts';
import { decoderOf, Undecodable } from './decoder.ts';

const AT = new Date('2026-01-31T09:30:00.123Z');

/** Why a document cannot be read; null where it can. */
function faultOf(schema: z.ZodType, document: object): string | null {
  try {
    decoderOf(schema)(document);
    return null;
  } catch (error) {
    if (error instanceof Undecodable) return error.field;
    throw error;
  }
}

describe('a stored document that is not what its schema says cannot be read', () => {
  const schema = z.strictObject({
    id: ConversationId,
    at: Timestamp,
    count: z.int().min(1).max(5),
    share: z.number().gt(0).lt(1),
    word: z.string().min(2).max(4),
    agent: AgentId,
    side: z.enum(['left', 'right']),
    is: z.boolean(),
    nothing: z.null(),
    tags: Tags,
    metadata: Metadata,
    part: z.strictObject({ due: Timestamp.nullable(), note: z.string().optional() }),
    choice: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), a: z.int() }),
      z.strictObject({ kind: z.literal('b'), b: z.string().array().max(1) }),
    ]),
    even: z.int().superRefine((value, context) => {
      if (value % 2 === 1) context.addIssue('odd');
    }),
    step: z
      .number()
      .multipleOf(5)
      .refine((value) => value < 100),
  });
  const document = {
    id: new ObjectId(),
    at: AT,
    count: 5,
    share: 0.5,
    word: 'word',
    agent: 'closer',
    side: 'left',
    is: true,
    nothing: null,
    tags: ['a'],
    metadata: { a: 1, b: 'x', c: null, d: false },
    part: { due: null },
    choice: { kind: 'b', b: ['x'] },
    even: 2,
    step: 10,
  };

  it('and a valid one can', () => {
    expect(decoderOf(schema)(document)).toEqual({
      ...document,
      id: document.id.toHexString(),
      at: AT.toISOString(),
    });
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['an id that is a string', 'id', { id: 'a'.repeat(24) }],
    ['an instant that is a string', 'at', { at: AT.toISOString() }],
    ['an instant after the year 9999', 'at', { at: new Date(Date.UTC(10_000, 0)) }],
    ['an instant before the year 0', 'at', { at: new Date(Date.UTC(-1, 0)) }],
    ['no instant at all', 'at', { at: new Date(Number.NaN) }],
    ['a missing field', 'count', { count: undefined }],
    ['a number that is too small', 'count', { count: 0 }],
    ['a number that is too large', 'count', { count: 6 }],
    ['a fraction', 'count', { count: 1.5 }],
    ['a number beyond what a double can count', 'count', { count: Long.fromString('9007199254740993') }],
    ['a decimal', 'share', { share: Decimal128.fromString('0.5') }],
    ['no number', 'share', { share: Number.NaN }],
    ['a number on an exclusive bound', 'share', { share: 1 }],
    ['a number on the other exclusive bound', 'share', { share: 0 }],
    ['a string that is too short', 'word', { word: 'w' }],
    ['a string that is too long', 'word', { word: 'words' }],
    ['a number for a string', 'word', { word: 5 }],
    ['a regular expression', 'word', { word: new BSONRegExp('(?i)word', 'i') }],
    ['a slug of another form', 'agent', { agent: 'No Slug' }],
    ['a word that nobody has said', 'side', { side: 'middle' }],
    ['a number for a boolean', 'is', { is: 1 }],
    ['something for nothing', 'nothing', { nothing: 0 }],
    ['an object for an array', 'tags', { tags: {} }],
    ['a tag that is no string', 'tags', { tags: ['a', 1] }],
    ['a tag that stands twice', 'tags', { tags: ['a', 'a'] }],
    ['an array for a record', 'metadata', { metadata: [] }],
    ['a key that cannot be one', 'metadata.*', { metadata: { 'a b': 1 } }],
    ['a value that cannot be one', 'metadata.*', { metadata: { secret: { a: 1 } } }],
    ['null for an object', 'part', { part: null }],
    ['a Date for an object', 'part', { part: AT }],
    ['a fault further in', 'part.due', { part: { due: 'soon' } }],
    ['another form of it', 'choice.kind', { choice: { kind: 'c' } }],
    ['no form of it', 'choice', { choice: 'c' }],
    ['a fault of one form', 'choice.b', { choice: { kind: 'b', b: ['x', 'y'] } }],
    ['what a refinement refuses', 'even', { even: 3 }],
    ['what a check refuses', 'step', { step: 7 }],
    ['what a refinement after a check refuses', 'step', { step: 105 }],
  ])('%s', (_, field, wrong) => {
    expect(faultOf(schema, { ...document, ...wrong })).toBe(field);
  });

  it('and the fault names fields, never values or keys of the document', () => {
    const decode = decoderOf(schema);
    expect(() => decode({ ...document, metadata: { secret: AT } })).toThrow(
      /^The document cannot be read at metadata\.\*$/,
    );
    expect(() => decoderOf(z.string().array())({})).toThrow(/^The document cannot be read$/);
  });
});

describe('what a newer version has added', () => {
  const part = z.strictObject({ n: z.int(), note: z.string().optional() });

  it('is left out, at any depth', () => {
    const decode = decoderOf(
      z.strictObject({ at: Timestamp, part, parts: part.array(), more: z.record(z.string(), part) }),
    );
    const stored = {
      at: AT,
      part: { n: 1, x: 1 },
      parts: [{ n: 2 }, { n: 3, x: {} }],
      more: { a: { n: 4, x: 1 } },
      x: [],
    };
    const wire = { at: AT.toISOString(), part: { n: 1 }, parts: [{ n: 2 }, { n: 3 }], more: { a: { n: 4 } } };
    expect(decode(stored)).toEqual(wire);
  });

  it('is left out of the form that fits best', () => {
    const union = z.union([
      z.strictObject({ name: z.string() }),
      z.strictObject({ name: z.string(), age: z.int(), pet: z.string().optional() }),
    ]);
    const decode = decoderOf(union);
    expect(decode({ name: 'Ann', age: 5 })).toEqual({ name: 'Ann', age: 5 });
    expect(decode({ name: 'Ann', age: 5, more: 1 })).toEqual({ name: 'Ann', age: 5 });
    expect(decode({ name: 'Ann', more: 1 })).toEqual({ name: 'Ann' });
    expect(faultOf(union, { age: 5 })).toBe('name');
  });

  it('leaves the document as it was', () => {
    const stored = { at: AT, part: { n: 1, x: 1 } };
    decoderOf(z.strictObject({ at: Timestamp, part }))(stored);
    expect(stored).toEqual({ at: AT, part: { n: 1, x: 1 } });
  });
});

it.each(Object.values<CollectionDeclaration>(declaredCollections))(
  'what can be read passes its own schema, whatever was changed: $name',
  ({ schema }) => {
    const { encode, decode } = codecOf(schema);
    const junk = fc.oneof(fc.constant(undefined), fc.constant(null), fc.anything(), fc.date());
    fc.assert(
      fc.property(arbitraryOf(schema), fc.nat(), junk, (value, at, instead) => {
        const stored = encode(value);
        const keys = Object.keys(stored);
        const document = { ...stored, [keys[at % keys.length] ?? '']: instead };
        try {
          expect(schema.safeParse(decode(document)).error).toBeUndefined();
        } catch (error) {
          expect(error).toBeInstanceOf(Undecodable);
        }
      }),
    );
  },
);

it('a kind of schema that it does not know is no decoder', () => {
  expect(() => decoderOf(z.strictObject({ a: z.map(z.string(), z.string()) }))).toThrow(
    'The decoder does not know map schemas',
  );
});
