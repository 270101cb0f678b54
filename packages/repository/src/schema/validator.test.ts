import { ConversationId, Timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { declaredCollections } from './collections.ts';
import { jsonSchemaOf, validationOf } from './validator.ts';

describe("mongod's schema of a Zod schema", () => {
  it('is translated once', () => {
    const { schema } = declaredCollections.timeline;
    expect(validationOf(schema)).toBe(validationOf(schema));
  });

  it('names the types of BSON', () => {
    const schema = z.strictObject({
      _id: ConversationId,
      at: Timestamp.nullable(),
      count: z.int().min(0).max(9),
      share: z.number().max(1),
      fine: z.boolean(),
      name: z.string().optional(),
    });
    expect(jsonSchemaOf(schema)).toEqual({
      bsonType: 'object',
      required: ['_id', 'at', 'count', 'share', 'fine'],
      additionalProperties: false,
      properties: {
        _id: { bsonType: 'objectId' },
        at: { bsonType: ['date', 'null'] },
        count: { bsonType: ['int', 'long', 'double'], multipleOf: 1, minimum: 0, maximum: 9 },
        share: { bsonType: 'number', maximum: 1 },
        fine: { bsonType: 'bool' },
        name: { bsonType: 'string' },
      },
    });
  });

  it('takes null for what is nullable, in enums too', () => {
    expect(jsonSchemaOf(z.enum(['a', 'b']).nullable())).toEqual({
      bsonType: ['string', 'null'],
      enum: ['a', 'b', null],
    });
    expect(jsonSchemaOf(z.strictObject({}).nullable())).toMatchObject({ bsonType: ['object', 'null'] });
    expect(jsonSchemaOf(z.int().nullable())).toMatchObject({ bsonType: ['int', 'long', 'double', 'null'] });
    expect(jsonSchemaOf(z.union([z.string(), z.int()]).nullable())).toMatchObject({
      anyOf: [{ anyOf: [{ bsonType: 'string' }, { multipleOf: 1 }] }, { bsonType: 'null' }],
    });
  });

  it('keeps the keys of a record to their pattern', () => {
    expect(jsonSchemaOf(z.record(z.string().regex(/^[a-z]+$/), Timestamp))).toEqual({
      bsonType: 'object',
      patternProperties: { '^[a-z]+$': { bsonType: 'date' } },
      additionalProperties: false,
    });
    expect(() => jsonSchemaOf(z.record(z.string(), z.int()))).toThrow('need a pattern');
  });

  it('counts characters no stricter than Zod, whose smiley has two', () => {
    expect(jsonSchemaOf(z.string().min(3).max(4))).toEqual({
      bsonType: 'string',
      minLength: 2,
      maxLength: 4,
    });
  });

  it('knows lists, literals, intersections and objects that take more', () => {
    expect(jsonSchemaOf(z.array(z.literal('a')).min(1).max(2))).toEqual({
      bsonType: 'array',
      items: { bsonType: 'string', enum: ['a'] },
      minItems: 1,
      maxItems: 2,
    });
    expect(jsonSchemaOf(z.looseObject({ a: z.null() }))).toMatchObject({
      properties: { a: { bsonType: 'null' } },
    });
    expect(jsonSchemaOf(z.object({}).catchall(z.int()))).toMatchObject({
      additionalProperties: { multipleOf: 1 },
    });
    expect(jsonSchemaOf(z.intersection(z.string(), z.string().max(2)))).toEqual({
      allOf: [{ bsonType: 'string' }, { bsonType: 'string', maxLength: 2 }],
    });
  });

  it('has no words for what MongoDB cannot check', () => {
    expect(() => jsonSchemaOf(z.email())).toThrow("MongoDB's $jsonSchema has no format");
    expect(() => jsonSchemaOf(z.date())).toThrow();
  });

  it('asks for the fields of each kind of entry', () => {
    const schema = jsonSchemaOf(declaredCollections.timeline.schema);
    const kinds = schema.anyOf?.map((entry) => entry.properties?.['kind']?.enum?.[0]);
    expect(kinds).toHaveLength(17);
    const message = schema.anyOf?.[kinds?.indexOf('message') ?? -1];
    expect(message?.required).toEqual(expect.arrayContaining(['_id', 'tenantId', 'channel', 'seq', 'text']));
  });
});
