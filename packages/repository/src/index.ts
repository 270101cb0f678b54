export { connect, type Connection, StoreUnavailable } from './connection.ts';
export { LeaseHeld } from './leases.ts';
export {
  migrate,
  type MigrationProgress,
  type MigrationResult,
  type MigrationStatus,
  migrationStatus,
  StoreIsNewer,
} from './migrations.ts';
export { rebuild, type RebuildDifference, type RebuildReport } from './rebuild.ts';
export { reportSchema } from './schema-report.ts';
export { SESSION_MS } from './session.ts';
export { type Caller, openStore, type Store, type StoreOptions } from './store.ts';
export { openTables, type Tables } from './tables.ts';
