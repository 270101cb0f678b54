import { z } from 'zod';
import { ApiKeyId } from './id.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

export const Health = z.strictObject({ ok: z.literal(true), version: z.string(), uptimeMs: z.number() });
export type Health = z.infer<typeof Health>;

export const Readiness = z.strictObject({
  ready: z.boolean(),
  mongodb: z.boolean(),
  /** Migrations that the code has and the store lacks. */
  pendingMigrations: z.array(z.string()),
});
export type Readiness = z.infer<typeof Readiness>;

export const StoreStats = z.strictObject({
  conversations: z.int(),
  entries: z.int(),
  handoffs: z.int(),
  objections: z.int(),
  followUps: z.int(),
  agents: z.int(),
  contacts: z.int(),
});
export type StoreStats = z.infer<typeof StoreStats>;

/** One place where the server's validators or indexes are not what the code declares. */
export const SchemaDifference = z.strictObject({
  collection: z.string(),
  what: z.enum(['collection', 'validator', 'index']),
  name: z.string(),
  problem: z.enum(['missing', 'different', 'unexpected']),
  declared: z.string().nullable(),
  found: z.string().nullable(),
});
export type SchemaDifference = z.infer<typeof SchemaDifference>;

export const SchemaReport = z.strictObject({ ok: z.boolean(), differences: z.array(SchemaDifference) });
export type SchemaReport = z.infer<typeof SchemaReport>;

/** What a key may do beyond the everyday: bring history in, or force what the rules refuse. */
export const Right = z.enum(['import', 'manage']);
export type Right = z.infer<typeof Right>;

export const ApiKey = z.strictObject({
  id: ApiKeyId,
  name: text(100),
  /** The first characters, to tell keys apart. */
  prefix: z.string(),
  rights: z.array(Right),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
