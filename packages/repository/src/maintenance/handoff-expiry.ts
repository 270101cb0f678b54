import { Refusal } from '@baton/domain';
import { type HandoffId, type TenantId, timestamp } from '@baton/schema';
import type { Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';

/** How many handoffs are expired side by side. */
const BATCH = 100;
/** Most that one look takes: those that cannot be expired stay, and must not keep it from the others. */
const MAX_DUE = 5_000;

/**
 * Expires the pending handoffs of every tenant whose time has come. Any number of servers may do it at once:
 * the rules let one of them expire each, and refuse the others.
 * @returns how many it expired itself
 */
export async function expireHandoffs(
  { handoffs, clock }: Collections,
  expire: (tenantId: TenantId, handoffId: HandoffId) => Promise<unknown>,
): Promise<number> {
  const due = handoffs.collection
    .find(
      { status: 'pending', expiresAt: { $lte: new Date(timestamp(clock.now())) } },
      { maxTimeMS: READ_TIMEOUT_MS, batchSize: BATCH },
    )
    .sort({ expiresAt: 1 })
    .limit(MAX_DUE);
  const expireOne = async (document: Document) => {
    const handoff = handoffs.tryDecode(document);
    if (handoff === null) return 0;
    try {
      await expire(handoff.tenantId, handoff._id);
      return 1;
    } catch (error) {
      if (error instanceof Refusal) return 0;
      throw error;
    }
  };
  const expireAll = async (documents: readonly Document[]) =>
    (await Promise.all(documents.map(expireOne))).reduce<number>((sum, one) => sum + one, 0);

  let expired = 0;
  let batch: Document[] = [];
  for await (const document of due) {
    batch.push(document);
    if (batch.length < BATCH) continue;
    expired += await expireAll(batch);
    batch = [];
  }
  return expired + (await expireAll(batch));
}
