import { ConversationId, storedName, Timestamp } from '@baton/schema';
import { arbitraryOf } from '@baton/testing';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codecOf } from './codec.ts';
import { jsonSchemaOf } from './validator.ts';
import { type CollectionDeclaration, declaredCollections } from './collections.ts';

const AT = '2026-01-31T09:30:00.123Z';
const ID = '0123456789abcdef01234567';

/** A schema's codec, fed with whatever a careless caller may feed it. */
function careless(schema: z.ZodType) {
  const { encode, decode } = codecOf(schema);
  return { encode: (value: unknown) => encode(value), decode };
}

describe('a stored document', () => {
  it('keeps instants as Dates and ids as ObjectIds, and gives the wire its strings back', () => {
    const { encode, decode } = careless(
      z.strictObject({ _id: ConversationId, at: Timestamp, text: z.string() }),
    );
    const wire = { _id: ID, at: AT, text: AT };
    const stored = encode(wire);
    expect(stored).toEqual({ _id: new ObjectId(ID), at: new Date(AT), text: AT });
    expect(decode(stored)).toEqual(wire);
  });

  it('keeps a renamed field under its name of before, in unions and validators too', () => {
    const renamed = z.strictObject({
      kind: z.literal('a'),
      months: z.int().nullable().register(storedName, { name: 'length' }),
      at: Timestamp,
    });
    const other = z.strictObject({ kind: z.literal('b'), months: z.int() });
    const { encode, decode } = careless(
      z.strictObject({ deal: z.discriminatedUnion('kind', [renamed, other]) }),
    );
    const wire = { deal: { kind: 'a', months: 12, at: AT } };
    const stored = encode(wire);
    expect(stored).toEqual({ deal: { kind: 'a', length: 12, at: new Date(AT) } });
    expect(decode(stored)).toEqual(wire);
    expect(decode({ deal: { ...stored['deal'], months: 3, more: 1 } })).toEqual(wire);
    expect(() => decode({ deal: { kind: 'a', months: 12, at: new Date(AT) } })).toThrow('deal.length');
    expect(encode({ deal: { kind: 'b', months: 1 } })).toEqual({ deal: { kind: 'b', months: 1 } });
    expect(jsonSchemaOf(renamed)).toMatchObject({ required: ['kind', 'length', 'at'] });
    expect(Object.keys(Object(jsonSchemaOf(renamed))['properties'])).toEqual(['kind', 'length', 'at']);
  });

  it('may be written in parts, each as in the whole', () => {
    const { encode, encodePart } = codecOf(z.strictObject({ _id: ConversationId, at: Timestamp }));
    expect(encodePart({ at: AT })).toEqual({ at: new Date(AT) });
    expect({ ...encodePart({ _id: ConversationId.parse(ID) }), ...encodePart({ at: AT }) }).toEqual(
      encode({ _id: ConversationId.parse(ID), at: AT }),
    );
  });

  it.each(Object.values<CollectionDeclaration>(declaredCollections))(
    'comes back as it went: $name',
    ({ schema }) => {
      const { encode, decode } = careless(schema);
      fc.assert(
        fc.property(arbitraryOf(schema), (value) => {
          expect(decode(encode(value))).toEqual(value);
        }),
      );
    },
  );

  it('converts inside optional, nullable, default and refined schemas, arrays and records', () => {
    const schema = z.strictObject({
      nullable: Timestamp.nullable(),
      absent: Timestamp.optional(),
      refined: Timestamp.refine((at) => at > '2000').default(AT),
      readonly: z.array(Timestamp).readonly(),
      branded: Timestamp.brand<'Due'>(),
      record: z.record(z.string(), z.strictObject({ at: Timestamp })),
      nested: z.array(z.array(ConversationId)),
    });
    const { encode, decode } = careless(schema);
    const wire = {
      nullable: null,
      refined: AT,
      readonly: [AT],
      branded: AT,
      record: { a: { at: AT } },
      nested: [[ID], []],
    };
    const stored = encode(wire);
    expect(stored).toEqual({
      nullable: null,
      refined: new Date(AT),
      readonly: [new Date(AT)],
      branded: new Date(AT),
      record: { a: { at: new Date(AT) } },
      nested: [[new ObjectId(ID)], []],
    });
    expect(decode(stored)).toEqual(wire);
  });

  it('has no undefined fields, at any depth', () => {
    const part = z.strictObject({ name: z.string().optional(), size: z.int() });
    const { encode } = careless(z.strictObject({ at: Timestamp.optional(), part, parts: z.array(part) }));
    const stored = encode({
      at: undefined,
      part: { name: undefined, size: 1 },
      parts: [{ name: undefined, size: 2 }],
    });
    expect(Object.keys(stored)).toEqual(['part', 'parts']);
    expect(Object.keys(stored['part'])).toEqual(['size']);
    expect(Object.keys(stored['parts'][0])).toEqual(['size']);
  });

  it('leaves the value as it was, and shares what needs no conversion', () => {
    const { encode, decode } = careless(
      z.strictObject({ at: Timestamp, tags: z.array(z.string()), sub: z.strictObject({ n: z.int() }) }),
    );
    const wire = { at: AT, tags: ['a'], sub: { n: 1 } };
    const before = structuredClone(wire);
    const stored = encode(wire);
    expect(wire).toEqual(before);
    expect(stored['tags']).toBe(wire.tags);
    expect(stored['sub']).toBe(wire.sub);
    expect(decode(stored)).toEqual(wire);
    expect(stored['at']).toBeInstanceOf(Date);
  });

  it('is the value itself where nothing needs conversion', () => {
    const { encode, decode } = careless(z.strictObject({ n: z.int(), nothing: z.null() }));
    const wire = { n: 1, nothing: null };
    expect(encode(wire)).toBe(wire);
    expect(decode(wire)).toBe(wire);
  });

  it.each([
    ['an instant that does not exist', '2026-02-30T00:00:00.000Z'],
    ['another form of an instant', '2026-01-31'],
    ['an invalid Date', new Date(Number.NaN)],
    ['a number', 0],
    ['an object', {}],
  ])('is refused with %s, never stored as 1970', (_, at) => {
    const { encode } = careless(z.strictObject({ at: Timestamp }));
    expect(() => encode({ at })).toThrow(RangeError);
  });

  it('is refused with an id that is none', () => {
    const { encode } = careless(z.strictObject({ _id: ConversationId }));
    expect(() => encode({ _id: 'short' })).toThrow(RangeError);
    expect(() => encode({ _id: 'z'.repeat(24) })).toThrow();
  });
});

describe('a union in a stored document', () => {
  it('is told apart by its literal', () => {
    const schema = z.strictObject({
      item: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('instant'), value: Timestamp }),
        z.strictObject({ kind: z.enum(['text', 'word']), value: z.string() }),
      ]),
    });
    const { encode, decode } = careless(schema);
    expect(encode({ item: { kind: 'instant', value: AT } })).toEqual({
      item: { kind: 'instant', value: new Date(AT) },
    });
    expect(encode({ item: { kind: 'word', value: AT } })).toEqual({ item: { kind: 'word', value: AT } });
    expect(decode({ item: { kind: 'instant', value: new Date(AT) } })).toEqual({
      item: { kind: 'instant', value: AT },
    });
    expect(() => encode({ item: { kind: 'other' } })).toThrow('Unknown kind: other');
  });

  it('of objects without a literal converts the fields of each', () => {
    const schema = z.strictObject({
      either: z.union([
        z.strictObject({ from: Timestamp, seen: z.array(Timestamp) }),
        z.strictObject({ to: Timestamp, seen: z.array(Timestamp), note: z.string().optional() }),
      ]),
    });
    const { encode, decode } = careless(schema);
    const wire = { either: { to: AT, seen: [AT] } };
    const stored = encode(wire);
    expect(stored).toEqual({ either: { to: new Date(AT), seen: [new Date(AT)] } });
    expect(decode(stored)).toEqual(wire);
  });

  it('of a string and another type converts the string', () => {
    const schema = z.strictObject({
      due: z.union([
        Timestamp,
        z.strictObject({ local: z.string() }),
        z.int(),
        z.literal(true),
        z.array(z.string()),
      ]),
    });
    const { encode, decode } = careless(schema);
    for (const due of [{ local: '09:30' }, 7, true, ['a']]) {
      expect(encode({ due })).toEqual({ due });
      expect(decode({ due })).toEqual({ due });
    }
    expect(encode({ due: AT })).toEqual({ due: new Date(AT) });
    expect(decode({ due: new Date(AT) })).toEqual({ due: AT });
  });

  it('of records converts their values, beside strings that stay', () => {
    const schema = z.union([
      z.record(z.string(), Timestamp),
      z.record(z.string(), Timestamp.nullable()),
      z.string(),
    ]);
    const { encode } = careless(schema);
    expect(encode({ a: AT, b: null })).toEqual({ a: new Date(AT), b: null });
    expect(encode('a word')).toBe('a word');
  });

  it.each([
    ['one string in two ways', z.union([Timestamp, z.string()])],
    [
      'one string in two ways, deep down',
      z.union([z.object({ a: Timestamp }), z.object({ a: z.enum(['x']) })]),
    ],
    ['one string in two ways, in arrays', z.union([z.array(Timestamp), z.array(ConversationId)])],
    ['a record and an object', z.union([z.record(z.string(), Timestamp), z.object({ a: Timestamp })])],
  ])('does not compile where it would keep %s', (_, schema) => {
    expect(() => codecOf(z.strictObject({ schema }))).toThrow(/The union at schema/);
  });

  it('does not compile where a member has no literal', () => {
    const literal = z.strictObject({ kind: z.literal('a') });
    const schema = z.discriminatedUnion('kind', [literal]);
    Object.assign(schema._zod.def, { options: [z.string()] });
    expect(() => codecOf(schema)).toThrow('A member of the union at the root has no literal kind');
  });
});

it('a schema of an unknown kind does not compile', () => {
  expect(() => codecOf(z.strictObject({ tags: z.set(z.string()) }))).toThrow(
    'The codec does not know set schemas, met at tags',
  );
});

it('a conversation takes microseconds, not milliseconds', () => {
  const { encode, decode } = careless(declaredCollections.conversations.schema);
  const conversations = fc.sample(arbitraryOf(declaredCollections.conversations.schema), {
    numRuns: 50,
    seed: 1,
  });
  const before = process.cpuUsage();
  for (let round = 0; round < 20; round += 1) for (const one of conversations) decode(encode(one));
  const { user, system } = process.cpuUsage(before);
  // A hundred times what it takes, so that only a codec that walks the schema each time fails.
  expect((user + system) / 1_000).toBeLessThan(1_000);
});
