import { type Caller, type Connection, migrate, openStore, type Store } from '@baton/repository';
import { TenantId } from '@baton/schema';

/** The tenant of a bench, on a database of the bench's own. */
export const TENANT = TenantId.parse('bench');
export const CALLER: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };

/** The store of an empty database, with the tenant in it. */
export async function openBenchStore(connection: Connection): Promise<Store> {
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  return store;
}
