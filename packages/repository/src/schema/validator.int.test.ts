import { arbitraryOf, testDatabase } from '@baton/testing';
import fc from 'fast-check';
import { MongoBulkWriteError, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { codecOf } from './codec.ts';
import { type CollectionDeclaration, declaredCollections, type WireDocument } from './collections.ts';
import { validationOf } from './validator.ts';

const DOCUMENT_FAILED_VALIDATION = 121;
const database = await testDatabase();
let connection: Connection;

beforeAll(async () => {
  connection = await connect(database.uri);
  // Without indexes: random documents may share a key.
  for (const { name, schema } of Object.values<CollectionDeclaration>(declaredCollections)) {
    await connection.db.createCollection(name, validationOf(schema));
  }
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

describe.each(Object.values<CollectionDeclaration>(declaredCollections))('$name', ({ name, schema }) => {
  it('takes every document that its schema passes, and gives the same back', async () => {
    const { encode, decode } = codecOf(schema);
    const sample = fc.sample(arbitraryOf(schema), 200).map((wire) => ({ wire, stored: encode(wire) }));
    const distinct = [...new Map(sample.map((one) => [JSON.stringify(one.stored['_id']), one])).values()];
    const collection = connection.db.collection(name);
    const written = await collection
      .insertMany(distinct.map(({ stored }) => stored))
      .catch((error: unknown) => error);
    if (written instanceof MongoBulkWriteError) throw new Error(JSON.stringify(written.writeErrors));
    const found = await collection.find().sort({ $natural: 1 }).toArray();
    expect(found.map((document) => decode(document))).toEqual(distinct.map(({ wire }) => wire));
  });

  it('refuses a field that its schema does not have', async () => {
    const [document] = fc.sample(arbitraryOf(schema), { numRuns: 1, seed: 4 });
    const stored = { ...codecOf(schema).encode(document), surprise: 1 };
    await expect(insert(name, stored)).rejects.toMatchObject({ code: DOCUMENT_FAILED_VALIDATION });
  });

  it('refuses a document that lacks a field', async () => {
    const [document] = fc.sample(arbitraryOf(schema), { numRuns: 1, seed: 4 });
    const { _id, ...rest } = codecOf(schema).encode(document);
    const [first, ...others] = Object.entries(rest);
    // A term has its `_id` alone, which mongod adds itself where it is missing: as another kind of id.
    if (name === 'contact_terms') {
      expect(first).toBeUndefined();
      return;
    }
    expect(first).toBeDefined();
    await expect(insert(name, { _id, ...Object.fromEntries(others) })).rejects.toMatchObject({
      code: DOCUMENT_FAILED_VALIDATION,
    });
  });
});

describe('mongod itself refuses', () => {
  const [entry] = fc.sample(
    arbitraryOf(declaredCollections.timeline.schema).filter(({ kind }) => kind === 'message'),
    { numRuns: 1, seed: 3 },
  );
  const message: WireDocument<'timeline'> | undefined = entry;

  it.each([
    ['an instant that is a string', { at: '2026-01-31T09:30:00.000Z' }],
    ['an id that is a string', { conversationId: '0123456789abcdef01234567' }],
    ['a word that is not of the enum', { visibility: 'secret' }],
    ['half a number', { seq: 1.5 }],
    ['a number below its least', { seq: 0 }],
    ['a number that is a string', { seq: '1' }],
    ['an operator in place of a text', { text: { $gt: '' } }],
    ['a text that is too long', { text: 'x'.repeat(132_001) }],
    ['a kind that does not exist', { kind: 'gossip' }],
    ['the fields of another kind', { kind: 'owner' }],
    ['an author with a field too many', { author: { kind: 'customer', password: 'x' } }],
    [
      'more parts than there may be',
      { parts: Array.from({ length: 201 }, () => ({ type: 'attachment', url: 'a' })) },
    ],
  ])('%s', async (_, fault) => {
    if (message === undefined) throw new Error('no message was generated');
    const stored = codecOf(declaredCollections.timeline.schema).encode(message);
    const error = await insert('timeline', { ...stored, ...fault }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MongoServerError);
    expect(error).toMatchObject({ code: DOCUMENT_FAILED_VALIDATION });
  });
});

async function insert(name: string, document: object): Promise<void> {
  await connection.db.collection(name).insertOne(document);
}
