import { setTimeout as pause } from 'node:timers/promises';
import { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { openStore } from '../store.ts';
import type { Caller } from '../write/submit-command.ts';
import { acquireLease, LeaseHeld } from './leases.ts';
import {
  migrate,
  migrateToServe,
  type Migration,
  MIGRATION_LEASE,
  type MigrationProgress,
  migrations,
  migrationStatus,
  StoreIsNewer,
} from './migrations.ts';
import { rebuild } from './rebuild.ts';
import { reportSchema } from './schema-report.ts';

const NAMES = migrations.map(({ name }) => name);

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;

beforeEach(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
});

afterEach(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

describe('migrating', () => {
  it('makes an empty database a store, and says what it did', async () => {
    expect(await migrationStatus(connection.db)).toEqual({
      applied: [],
      pending: NAMES,
      unknown: [],
    });
    const phases: string[] = [];
    const done = await migrate(connection.db, { onProgress: ({ phase }) => phases.push(phase) });
    expect(done.migrations).toEqual(NAMES);
    expect(done.schema).toContainEqual({
      collection: 'conversations',
      what: 'collection',
      name: 'conversations',
      action: 'create',
    });
    expect(phases[0]).toBe('migration');
    expect(phases).toHaveLength(done.schema.length + NAMES.length);
    expect(await reportSchema(connection.db)).toEqual({ ok: true, differences: [] });
    const status = await migrationStatus(connection.db);
    expect(status).toMatchObject({ pending: [], unknown: [] });
    expect(status.applied).toEqual(
      NAMES.map((name) => ({
        name,
        appliedAt: expect.stringMatching(/^20.*Z$/),
        durationMs: expect.any(Number),
      })),
    );
  });

  it('has nothing to do the second time', async () => {
    await migrate(connection.db);
    expect(await migrate(connection.db)).toEqual({ dryRun: false, migrations: [], schema: [] });
  });

  it('puts right what somebody changed since', async () => {
    await migrate(connection.db);
    await connection.db.collection('timeline').dropIndex('by_text');
    const { schema } = await migrate(connection.db);
    expect(schema).toEqual([{ collection: 'timeline', what: 'index', name: 'by_text', action: 'create' }]);
  });

  it('changes nothing on a dry run, and says what it would do', async () => {
    const plan = await migrate(connection.db, { dryRun: true });
    expect(plan).toMatchObject({ dryRun: true, migrations: NAMES });
    expect(plan.schema.length).toBeGreaterThan(0);
    expect(await connection.db.listCollections().toArray()).toEqual([]);
  });

  it('is one process’s work; the others wait and find it done', async () => {
    const all = await Promise.all([1, 2, 3].map(() => migrate(connection.db)));
    expect(all.flatMap((done) => done.migrations)).toEqual(NAMES);
  });

  it('does not begin while another process is at it', async () => {
    await acquireLease(connection.db, MIGRATION_LEASE, { holder: 'another', leaseMs: 60_000 });
    await expect(migrate(connection.db, { waitMs: 0 })).rejects.toThrow(LeaseHeld);
  });

  it('runs each migration once, in order, and goes on where one failed', async () => {
    const ran: string[] = [];
    let fails = true;
    const list: Migration[] = [
      ...migrations,
      { name: '8001-second', up: async () => void ran.push('second') },
      {
        name: '8002-third',
        async up() {
          if (fails) throw new Error('disk full');
          ran.push('third');
          await pause(5);
        },
      },
    ];
    await expect(migrate(connection.db, { list })).rejects.toThrow('disk full');
    expect((await migrationStatus(connection.db, list)).pending).toEqual(['8002-third']);
    fails = false;
    expect((await migrate(connection.db, { list })).migrations).toEqual(['8002-third']);
    expect(ran).toEqual(['second', 'third']);
  });

  it('leaves a store alone that a newer version has migrated', async () => {
    await migrate(connection.db, {
      list: [...migrations, { name: '9999-future', up: () => Promise.resolve() }],
    });
    await connection.db.collection('timeline').dropIndex('by_text');
    await expect(migrate(connection.db)).rejects.toThrow(StoreIsNewer);
    await expect(migrate(connection.db, { dryRun: true })).rejects.toMatchObject({
      migrations: ['9999-future'],
    });
    expect((await reportSchema(connection.db)).ok).toBe(false);
  });

  it('leaves a store as it is to serve it beside a newer version, where that one allows it', async () => {
    const future = { name: '9998-future', up: () => Promise.resolve() };
    await migrate(connection.db, { list: [...migrations, future] });
    await connection.db.collection('timeline').dropIndex('by_text');
    await migrateToServe(connection.db);
    expect((await reportSchema(connection.db)).ok).toBe(false);
    expect(await migrationStatus(connection.db)).toMatchObject({ pending: [], unknown: ['9998-future'] });
    expect(await migrationStatus(connection.db)).not.toHaveProperty('newer');
    await migrate(connection.db, {
      list: [
        ...migrations,
        future,
        { name: '9999-removal', requires: '9998-future', up: () => Promise.resolve() },
      ],
    });
    expect(await migrationStatus(connection.db)).toMatchObject({ newer: ['9999-removal'] });
    await expect(migrateToServe(connection.db)).rejects.toThrow(StoreIsNewer);
  });

  it('makes a store that is not migrated one that may be served', async () => {
    await migrateToServe(connection.db);
    await migrateToServe(connection.db);
    expect((await migrationStatus(connection.db)).pending).toEqual([]);
  });

  it('names the lists of conversations that were made before lists had names', async () => {
    await migrate(connection.db);
    const store = openStore(connection);
    const caller: Caller = { tenantId: TenantId.parse('lists'), actor: { kind: 'system' }, mayForce: true };
    await store.agents.ensureDefaults(caller.tenantId, {});
    const place = { channel: 'web' as const, metadata: {} };
    for (const contactId of ['ann', 'ben'])
      await store.execute(caller, 'conversations.create', { ...place, contactId, tags: ['vip', contactId] });
    const collection = store.collections.conversations.acrossTenants('test');
    await collection.updateMany({}, { $unset: { listedUnder: '' } }, { bypassDocumentValidation: true });
    await connection.db.collection('migrations').deleteOne({ _id: { $eq: NAMES[1] } as never });

    const steps: MigrationProgress[] = [];
    await migrate(connection.db, { onProgress: (step) => steps.push(step) });
    expect(steps).toEqual([
      { phase: 'migration', name: NAMES[1] },
      { phase: 'documents', collection: 'conversations', done: 2 },
    ]);
    const page = { limit: 10, sort: 'updatedAt' as const };
    const { items } = await store.conversations.list(caller.tenantId, { ...page, tag: 'ben' });
    expect(items.map(({ contactId }) => contactId)).toEqual(['ben']);
    expect((await rebuild(store.collections)).differences).toEqual([]);
  });
});
