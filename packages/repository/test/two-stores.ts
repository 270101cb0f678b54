import type { TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { connect, type Connection } from '../src/connection/connection.ts';
import { migrate } from '../src/maintenance/migrations.ts';
import { openStore, type Store } from '../src/store.ts';

/** Two servers on a migrated database of their own, with the default agents of a tenant. */
export class TwoStores implements AsyncDisposable {
  readonly uri: string;
  readonly connections: readonly [Connection, Connection];
  readonly stores: readonly [Store, Store];
  readonly #database: AsyncDisposable;

  private constructor(
    database: AsyncDisposable & { uri: string },
    connections: readonly [Connection, Connection],
  ) {
    this.uri = database.uri;
    this.connections = connections;
    const [first, second] = connections;
    this.stores = [openStore(first), openStore(second)];
    this.#database = database;
  }

  static async open(tenantId: TenantId): Promise<TwoStores> {
    const database = await testDatabase();
    const two = new TwoStores(database, [await connect(database.uri), await connect(database.uri)]);
    const [first] = two.stores;
    await migrate(first.collections.db);
    await first.agents.ensureDefaults(tenantId, {});
    return two;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.connections.map(({ client }) => client.close()));
    await this.#database[Symbol.asyncDispose]();
  }
}
