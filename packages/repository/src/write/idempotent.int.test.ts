import { TenantId } from '@baton/schema';
import { type FaultyDatabase, faultyDatabase } from '@baton/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { type Collections, openCollections } from '../schema/open-collections.ts';
import { idempotent } from './idempotent.ts';

const TENANT = TenantId.parse('acme');

let database: FaultyDatabase;
let connection: Connection;
let collections: Collections;

beforeAll(async () => {
  database = await faultyDatabase('once');
  connection = await connect(database.uri, { appName: 'once' });
  await migrate(connection.db);
  collections = openCollections(connection.db);
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

test.each([
  [
    'whose commit nobody can tell of',
    { failCommands: ['commitTransaction'], writeConcernError: { code: 64, errmsg: 'not replicated yet' } },
  ],
  [
    'that MongoDB asks to begin again',
    { failCommands: ['insert'], errorCode: 112, errorLabels: ['TransientTransactionError'] },
  ],
])(
  'a command %s is refused at its deadline, and a retry under its key does it once',
  async (how, failure) => {
    const idempotencyKey = how;
    const counted = connection.db.collection<{ _id: string; count: number }>('counted');
    const count = (deadlineMs: number) =>
      idempotent(
        collections,
        TENANT,
        'count',
        { idempotencyKey },
        async (session) => {
          const options = { upsert: true, returnDocument: 'after', ...(session && { session }) } as const;
          return counted.findOneAndUpdate({ _id: how }, { $inc: { count: 1 } }, options);
        },
        deadlineMs,
      );
    await database.whileFailing(null, { ...failure, appName: 'once', times: 1_000_000 }, async () => {
      const from = performance.now();
      await expect(count(300)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(performance.now() - from).toBeLessThan(3_000);
    });
    expect(await count(10_000)).toEqual({ _id: how, count: 1 });
    expect(await count(10_000)).toEqual({ _id: how, count: 1 });
  },
);
