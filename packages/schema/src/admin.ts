import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { ApiKeyId } from './id.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const healthObject = z.strictObject({ ok: z.literal(true), version: z.string(), uptimeMs: z.number() });
export interface Health extends z.infer<typeof healthObject> {}
export const Health: NamedSchema<Health> = named(healthObject);

const readinessObject = z.strictObject({
  ready: z.boolean(),
  mongodb: z.boolean(),
  /** Migrations that the code has and the store lacks. */
  pendingMigrations: z.array(z.string()),
  /** Migrations of a newer version after which this one cannot serve; absent where there are none. */
  newerMigrations: z.array(z.string()).optional(),
});
export interface Readiness extends z.infer<typeof readinessObject> {}
export const Readiness: NamedSchema<Readiness> = named(readinessObject);

const storeStatsObject = z.strictObject({
  conversations: z.int(),
  entries: z.int(),
  handoffs: z.int(),
  objections: z.int(),
  followUps: z.int(),
  agents: z.int(),
  contacts: z.int(),
  /** Documents that this server has met and could not read since it started; absent where it could read all. */
  unreadable: z.int().optional(),
});
export interface StoreStats extends z.infer<typeof storeStatsObject> {}
export const StoreStats: NamedSchema<StoreStats> = named(storeStatsObject);

/** One place where the server's validators or indexes are not what the code declares. */
const schemaDifferenceObject = z.strictObject({
  collection: z.string(),
  what: z.enum(['collection', 'validator', 'index']),
  name: z.string(),
  problem: z.enum(['missing', 'different', 'unexpected']),
  declared: z.string().nullable(),
  found: z.string().nullable(),
});
export interface SchemaDifference extends z.infer<typeof schemaDifferenceObject> {}
export const SchemaDifference: NamedSchema<SchemaDifference> = named(schemaDifferenceObject);

const schemaReportObject = z.strictObject({ ok: z.boolean(), differences: z.array(SchemaDifference) });
export interface SchemaReport extends z.infer<typeof schemaReportObject> {}
export const SchemaReport: NamedSchema<SchemaReport> = named(schemaReportObject);

/** What a key may do beyond the everyday: bring history in, or force what the rules refuse. */
export const Right = z.enum(['import', 'manage']);
export type Right = z.infer<typeof Right>;

export const apiKeyObject = z.strictObject({
  id: ApiKeyId,
  name: text(100),
  /** The first characters, to tell keys apart. */
  prefix: z.string(),
  rights: z.array(Right),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
});
export interface ApiKey extends z.infer<typeof apiKeyObject> {}
export const ApiKey: NamedSchema<ApiKey> = named(apiKeyObject);
