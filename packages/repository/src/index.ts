export { connect, type Connection, StoreUnavailable } from './connection/connection.ts';
export { before } from './connection/before.ts';
export { unavailableRefusal } from './connection/unavailable.ts';
export { type ListsReport, rebuildListedConversations } from './maintenance/listed-conversations.ts';
export { LeaseHeld } from './maintenance/leases.ts';
export {
  migrate,
  type MigrationProgress,
  type MigrationResult,
  type MigrationStatus,
  migrateToServe,
  migrationStatus,
  StoreIsNewer,
} from './maintenance/migrations.ts';
export { rebuild, type RebuildDifference, type RebuildReport } from './maintenance/rebuild.ts';
export { reportUnreadable, type UnreadableReport } from './maintenance/unreadable-report.ts';
export { rebuildRollUps, type RollUpsReport } from './maintenance/rebuild-roll-ups.ts';
export { rebuildSearchTerms, type SearchTermsReport } from './maintenance/search-terms.ts';
export {
  createTenant,
  deleteTenant,
  type DeleteTenantOptions,
  listTenants,
  resumeTenant,
  suspendTenant,
  type TenantStatus,
} from './maintenance/tenants.ts';
export { reportSchema } from './maintenance/schema-report.ts';
export type { Backlog } from './observe/backlog.ts';
export type { CommandListener } from './connection/command-listener.ts';
export type { PoolLoad } from './connection/connection-pool.ts';
export type { EndedBatch, StoreLoad, StoreObserver } from './observe/store-observer.ts';
export { rightsOf } from './auth/role-of-rights.ts';
export { isSessionSecret } from './auth/credentials.ts';
export { isKey } from './auth/key-secret.ts';
export type { Standing } from './auth/named-by-token.ts';
export { SESSION_LIFE, type SessionLife } from './schema/session-life.ts';
export type { Caller } from './write/submit-command.ts';
export { TenantCache } from './fairness/tenant-cache.ts';
export { LONGEST_UPLOAD_MS, type Download, type Upload } from './files/file-contents.ts';
export { entryJson } from './feed/entry-json.ts';
export { openStore, type Store, type StoreOptions } from './store.ts';
export { openCollections, type Collections } from './schema/open-collections.ts';
