import { randomUUID } from 'node:crypto';
import { type TenantId, TenantId as TenantIdSchema, timestamp } from '@baton/schema';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { unlessHeld, withLease } from '../maintenance/leases.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import type { Eraser } from './erase-conversation.ts';
import { limitOf, type RetentionRecord } from './retention-setting.ts';
import { takeStep } from './retention-steps.ts';
import { noteFault, type Places, type RunRecord, save, sleepUntil, type Turn } from './retention-turn.ts';
import { throwFaults } from './throw-faults.ts';

/** How long a process that died in the middle keeps others from going on, in milliseconds. */
const LEASE_MS = 10_000;
/** How long after a run began the next one does. */
const RUN_EVERY_MS = 6 * 3_600_000;
/** How long a tenant that is suspended is left alone. */
const SUSPENDED_MS = 60_000;
/** How many tenants' turns go on side by side. */
const TENANTS_TOGETHER = 8;

type RunOptions = { signal?: AbortSignal | undefined; places?: Places };

/**
 * Erases what is past the limits of tenants, in small steps, each tenant's by one process at a time: those that were turned to
 * the longest ago first. Each takes one step at least, and the next call goes on from there.
 * @param forMs how long a new step may begin
 * @returns how many conversations and contacts it erased
 * @throws what went wrong with one tenant, once it has gone on with the others; of several an AggregateError
 */
export async function runRetention(
  eraser: Eraser,
  forMs: number,
  { signal: stop, places = new Map() }: RunOptions = {},
): Promise<number> {
  const { collections } = eraser;
  const deadline = performance.now() + forMs;
  const outcomes = await Promise.allSettled(
    (await nextTenants(collections)).map((tenantId) => {
      const work = withLease(collections.db, `retention/${tenantId}`, { leaseMs: LEASE_MS }, async (lost) => {
        const record = await beginTurn(collections, tenantId);
        if (record === null) return 0;
        const isOver = () => lost.aborted || stop?.aborted === true || performance.now() > deadline;
        return takeTurn({ eraser, tenantId, record, places, erased: 0 }, isOver);
      });
      return unlessHeld(work, 0);
    }),
  );
  throwFaults(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])));
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}

/** How long one round of the background work begins new steps. */
const ROUND_MS = 10_000;

/** Repeats `runRetention`; where it has come to among keys is this process's own. */
export function retentionWork(eraser: Eraser): (signal?: AbortSignal) => Promise<number> {
  const places: Places = new Map();
  return (signal) => runRetention(eraser, ROUND_MS, { signal, places });
}

async function nextTenants({ retention, clock }: Collections): Promise<TenantId[]> {
  const documents = await retention
    .acrossTenants('due work')
    .find(
      { dueAt: { $lte: new Date(clock.now()) } },
      { projection: { tenantId: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .sort({ dueAt: 1 })
    .limit(TENANTS_TOGETHER)
    .toArray();
  return documents.map(({ tenantId }) => TenantIdSchema.parse(tenantId));
}

/** Notes whose turn it is; null where it is not due any more. The tenant is the last in the row then. */
async function beginTurn(
  { retention, clock }: Collections,
  tenantId: TenantId,
): Promise<RetentionRecord | null> {
  const now = new Date(timestamp(clock.now()));
  const document = await retention.collection.findOneAndUpdate(
    { _id: tenantId, tenantId, dueAt: { $lte: now } },
    { $set: { turn: randomUUID(), dueAt: now } },
    // A record that is damaged has its turn, too, and the others theirs.
    { returnDocument: 'after', bypassDocumentValidation: true, maxTimeMS: WRITE_TIMEOUT_MS },
  );
  return document === null ? null : retention.decode(document);
}

async function takeTurn(turn: Turn, isOver: () => boolean): Promise<number> {
  const { collections } = turn.eraser;
  if (await isSuspended(collections, turn.tenantId)) {
    await sleepUntil(turn, timestamp(collections.clock.now() + SUSPENDED_MS));
    return 0;
  }
  try {
    do {
      const run = await currentRun(turn);
      if (run === null) break;
      const nextAt = await takeStep(turn, run);
      if (nextAt === null) continue;
      await sleepUntil(turn, nextAt);
      break;
    } while (!isOver());
  } catch (error) {
    await noteFault(turn, error).catch(() => undefined);
    throw error;
  }
  return turn.erased;
}

async function isSuspended({ tenants }: Collections, tenantId: TenantId): Promise<boolean> {
  const document = await tenants.collection.findOne(byId(tenantId), {
    projection: { suspendedAt: 1 },
    maxTimeMS: READ_TIMEOUT_MS,
  });
  return document?.['suspendedAt'] instanceof Date;
}

/** The run that goes on, or a new one; null where none is due, and it is noted when the next one is. */
async function currentRun(turn: Turn): Promise<RunRecord | null> {
  const { record, eraser } = turn;
  const { clock } = eraser.collections;
  const { days, changedAt, run } = record;
  if (run !== null && run.finishedAt === null) return run;
  // What was marked has to lose its words, whether there still is a limit or not.
  const before = days === null ? run?.before : limitOf(eraser.collections, days);
  if (before === undefined || (days === null && run?.unfinished.length === 0)) {
    await sleepUntil(turn, null);
    return null;
  }
  const nextAt = run === null || changedAt >= run.startedAt ? 0 : Date.parse(run.startedAt) + RUN_EVERY_MS;
  if (nextAt > clock.now()) {
    await sleepUntil(turn, timestamp(nextAt));
    return null;
  }
  await save(turn, newRun(before, timestamp(clock.now()), run));
  return turn.record.run;
}

function newRun(before: string, startedAt: string, last: RunRecord | null): RunRecord {
  return {
    startedAt,
    finishedAt: null,
    before,
    conversations: 0,
    contacts: 0,
    failed: 0,
    lastError: null,
    phase: 'conversations',
    place: { list: 0, last: null },
    // What was marked and not erased to the end is tried first.
    inHand: last?.unfinished ?? [],
    unfinished: [],
    settledAt: null,
  };
}
