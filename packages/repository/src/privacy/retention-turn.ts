import { Refusal } from '@baton/domain';
import { type ConversationId, type TenantId, timestamp } from '@baton/schema';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { LeaseLost } from '../maintenance/leases.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { OfTenant } from '../schema/tenant-collection.ts';
import type { Eraser } from './erase-conversation.ts';
import type { RetentionRecord } from './retention-setting.ts';

export type RunRecord = NonNullable<RetentionRecord['run']>;

/** Where a phase has come to that goes by contacts' keys or callers': they are kept in memory alone. */
export type Places = Map<TenantId, { of: string; after: string }>;

/** A tenant's turn in one process. */
export type Turn = {
  eraser: Eraser;
  tenantId: TenantId;
  record: RetentionRecord;
  places: Places;
  /** How many conversations and contacts this process has erased in it. */
  erased: number;
};

export function ofTurn({ tenantId, record }: Pick<Turn, 'tenantId' | 'record'>): OfTenant {
  return { _id: tenantId, tenantId, turn: record.turn };
}

export function lostTurn({ tenantId }: Pick<Turn, 'tenantId'>): LeaseLost {
  return new LeaseLost(`retention/${tenantId}`);
}

/**
 * Notes how far the run has come, and learns whether the limit was changed.
 * @throws LeaseLost where another process has taken its turn since
 */
export async function save(turn: Turn, run: RunRecord): Promise<void> {
  const { retention } = turn.eraser.collections;
  const document = await retention.collection.findOneAndUpdate(
    ofTurn(turn),
    { $set: retention.encodePart({ run }) },
    { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS },
  );
  if (document === null) throw lostTurn(turn);
  turn.record = retention.decode(document);
}

/** When a server turns to the tenant next; at once where the limit was changed meanwhile. */
export async function sleepUntil(turn: Turn, dueAt: string | null): Promise<void> {
  const { collection, encodePart } = turn.eraser.collections.retention;
  await collection.updateOne(
    { ...ofTurn(turn), changedAt: new Date(turn.record.changedAt) },
    { $set: encodePart({ dueAt }) },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
}

type RunError = NonNullable<RunRecord['lastError']>;

export function errorOf(
  { clock }: Pick<Collections, 'clock'>,
  error: unknown,
  conversationId: ConversationId | null = null,
): RunError {
  const code = error instanceof Refusal ? error.code : 'INTERNAL';
  return { at: timestamp(clock.now()), code, conversationId };
}

/** What ended a turn, for people to read beside the run. */
export async function noteFault(turn: Turn, error: unknown): Promise<void> {
  const { run } = turn.record;
  if (run === null || error instanceof LeaseLost) return;
  const { retention } = turn.eraser.collections;
  const { lastError } = retention.encodePart({
    run: { ...run, lastError: errorOf(turn.eraser.collections, error) },
  })['run'];
  await retention.collection.updateOne(
    ofTurn(turn),
    { $set: { 'run.lastError': lastError } },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
}
