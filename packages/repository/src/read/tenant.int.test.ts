import { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';

const HOURS = { timeZone: 'Europe/Berlin', weekdays: [{ day: 1, from: '09:00', to: '17:00' }] };

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

const kept = () => connection.db.collection<{ _id: string }>('tenants').find().toArray();

test('a tenant that nobody has described has no business hours', async () => {
  const tenantId = TenantId.parse('unknown');
  expect(await store.tenant.get(tenantId, {})).toEqual({
    id: 'unknown',
    businessHours: null,
    reopenWithinMs: null,
    sendPolicy: null,
  });
  expect(await kept()).toEqual([]);
});

test('its hours are set, changed and taken back; when it came to be stays', async () => {
  const tenantId = TenantId.parse('acme');
  await store.agents.ensureDefaults(tenantId, {});
  const [before] = await kept();
  expect(await store.tenant.update(tenantId, { businessHours: HOURS })).toEqual({
    id: 'acme',
    businessHours: HOURS,
    reopenWithinMs: null,
    sendPolicy: null,
  });
  expect(await store.tenant.get(tenantId, {})).toEqual({
    id: 'acme',
    businessHours: HOURS,
    reopenWithinMs: null,
    sendPolicy: null,
  });
  expect(await store.tenant.update(tenantId, { businessHours: null })).toEqual({
    id: 'acme',
    businessHours: null,
    reopenWithinMs: null,
    sendPolicy: null,
  });
  expect(await store.tenant.get(tenantId, {})).toEqual({
    id: 'acme',
    businessHours: null,
    reopenWithinMs: null,
    sendPolicy: null,
  });
  expect(await kept()).toEqual([before]);
});

test('each tenant has its own, and one that was unknown is made', async () => {
  const [one, other] = [TenantId.parse('one'), TenantId.parse('other')];
  await Promise.all([
    store.tenant.update(one, { businessHours: HOURS }),
    store.tenant.update(other, { businessHours: { ...HOURS, timeZone: 'UTC' } }),
  ]);
  expect((await store.tenant.get(one, {})).businessHours?.timeZone).toBe('Europe/Berlin');
  expect((await store.tenant.get(other, {})).businessHours?.timeZone).toBe('UTC');
});
