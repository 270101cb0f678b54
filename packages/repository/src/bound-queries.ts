import type { AuditActor, TenantId } from '@baton/schema';
import { before } from './connection/before.ts';
import { FEED_OPEN_TIMEOUT_MS, METRICS_TIMEOUT_MS, READ_TIMEOUT_MS } from './connection/deadlines.ts';
import type { ReadGate } from './fairness/read-gate.ts';
import type { Feed } from './feed/feed.ts';
import type { Collections } from './schema/open-collections.ts';
import { rethrowUnavailable } from './write/commit-error.ts';

/** What is asked of a tenant. */
export type Query = (
  collections: Collections,
  tenantId: TenantId,
  input: never,
  by?: AuditActor,
) => Promise<unknown>;

/** Queries with their first argument, the collections, bound. `by` is who acts, for the audit log. */
type Bound<Queries extends Record<string, Query>> = {
  [Name in keyof Queries]: (
    tenantId: TenantId,
    input: Parameters<Queries[Name]>[2],
    ...by: Parameters<Queries[Name]>['length'] extends 2 | 3 ? [] : [by?: AuditActor]
  ) => ReturnType<Queries[Name]>;
};

export type SlowQueries<Queries> = 'all' | readonly (keyof Queries)[];

/** @param slow those whose time grows with what a tenant has */
export function bind<Queries extends Record<string, Query>>(
  collections: Collections,
  reads: ReadGate,
  queries: Queries,
  slow: SlowQueries<Queries> = [],
): Bound<Queries> {
  const bound = Object.entries(queries).map(([name, query]) => {
    const lane = slow === 'all' || slow.includes(name) ? 'slow' : 'quick';
    const ask = (tenantId: TenantId, input: never, by?: AuditActor) =>
      inTime(
        reads.run(tenantId, lane, () => query(collections, tenantId, input, by)),
        TIMEOUTS_MS[lane],
      );
    return [name, ask];
  });
  // The same names and inputs as the queries that were given.
  return Object.fromEntries(bound) as Bound<Queries>;
}

/** How long a caller waits for a read of each lane, its turn included. */
const TIMEOUTS_MS = { quick: READ_TIMEOUT_MS, slow: METRICS_TIMEOUT_MS };

/** @throws Refusal UNAVAILABLE where MongoDB cannot be reached, or does not answer in time */
export function inTime<Result>(work: Promise<Result>, timeoutMs = READ_TIMEOUT_MS): Promise<Result> {
  return before(performance.now() + timeoutMs, work).catch(rethrowUnavailable);
}

/** A feed whose transient errors are refusals UNAVAILABLE, when it opens and while it is read. */
export async function translateFeedErrors(opening: Promise<Feed>): Promise<Feed> {
  const entries = await inTime(opening, FEED_OPEN_TIMEOUT_MS);
  return (async function* () {
    try {
      yield* entries;
    } catch (error) {
      rethrowUnavailable(error);
    }
  })();
}
