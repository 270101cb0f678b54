import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';

export interface Health {
  ok: true;
  version: string;
  uptimeMs: number;
}
export const Health: NamedSchema<Health> = named(
  z.strictObject({ ok: z.literal(true), version: z.string(), uptimeMs: z.number() }),
);

export interface Readiness {
  ready: boolean;
  mongodb: boolean;
  /** Migrations that the code has and the store lacks. */
  pendingMigrations: string[];
  /** Migrations of a newer version after which this one cannot serve; absent where there are none. */
  newerMigrations?: string[] | undefined;
  /** The server stops; absent while it does not. */
  stopping?: boolean | undefined;
}
export const Readiness: NamedSchema<Readiness> = named(
  z.strictObject({
    ready: z.boolean(),
    mongodb: z.boolean(),
    pendingMigrations: z.array(z.string()),
    newerMigrations: z.array(z.string()).optional(),
    stopping: z.boolean().optional(),
  }),
);

/** What this server lets a credential ask for; what is more is refused. An operator sets it. */
export interface CallLimits {
  /** Bytes of a request's body. */
  bodyBytes: number;
  /** Bytes of the answers to the queries of one batch, unless one alone has more. */
  answerBytes: number;
  /** Levels of arrays and objects in the input of a call, and members of each of them. */
  nesting: number;
  members: number;
  /** Calls that share a request. */
  batchCalls: number;
  /** Those of a batch count one by one. */
  callsPerSecond: number;
  /** Calls that run at once. */
  runningCalls: number;
  /** Feeds that are open at once. */
  feeds: number;
}

/** What bounds the caller, and how long browsers stay signed in. */
export interface ServerLimits extends CallLimits {
  /** While nobody uses them. */
  sessionIdleMs: number;
  /** At most. */
  sessionLongestMs: number;
}
export const ServerLimits: NamedSchema<ServerLimits> = named(
  z.strictObject({
    bodyBytes: z.int(),
    answerBytes: z.int(),
    nesting: z.int(),
    members: z.int(),
    batchCalls: z.int(),
    callsPerSecond: z.int(),
    runningCalls: z.int(),
    feeds: z.int(),
    sessionIdleMs: z.int(),
    sessionLongestMs: z.int(),
  }),
);

export interface StoreStats {
  conversations: number;
  entries: number;
  handoffs: number;
  objections: number;
  followUps: number;
  agents: number;
  contacts: number;
  /** Documents that this server has met and could not read since it started; absent where it could read all. */
  unreadable?: number | undefined;
}
export const StoreStats: NamedSchema<StoreStats> = named(
  z.strictObject({
    conversations: z.int(),
    entries: z.int(),
    handoffs: z.int(),
    objections: z.int(),
    followUps: z.int(),
    agents: z.int(),
    contacts: z.int(),
    unreadable: z.int().optional(),
  }),
);

/** One place where the server's validators or indexes are not what the code declares. */
export interface SchemaDifference {
  collection: string;
  what: 'collection' | 'validator' | 'index';
  name: string;
  problem: 'missing' | 'different' | 'unexpected';
  declared: string | null;
  found: string | null;
}
export const SchemaDifference: NamedSchema<SchemaDifference> = named(
  z.strictObject({
    collection: z.string(),
    what: z.enum(['collection', 'validator', 'index']),
    name: z.string(),
    problem: z.enum(['missing', 'different', 'unexpected']),
    declared: z.string().nullable(),
    found: z.string().nullable(),
  }),
);

export interface SchemaReport {
  ok: boolean;
  differences: SchemaDifference[];
}
export const SchemaReport: NamedSchema<SchemaReport> = named(
  z.strictObject({ ok: z.boolean(), differences: z.array(SchemaDifference) }),
);
