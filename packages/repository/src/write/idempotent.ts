import { type TenantId, timestamp } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { commandHash, reusedKeyRefusal } from './replay.ts';

type Input = { idempotencyKey?: string | undefined };

/**
 * Does what is no conversation's command once under its key: in one transaction with the record of its answer, by
 * which a retry is answered. Without a key it is simply done.
 * @param deadlineMs how long it may take; the driver alone would try for two minutes
 * @throws Refusal IDEMPOTENCY_MISMATCH, UNAVAILABLE
 */
export async function idempotent<Answer>(
  collections: Collections,
  tenantId: TenantId,
  procedure: string,
  input: Input,
  work: (session?: ClientSession) => Promise<Answer>,
  deadlineMs = WRITE_TIMEOUT_MS,
): Promise<Answer> {
  if (input.idempotencyKey === undefined) return work();
  return idempotentInTransaction(collections, tenantId, procedure, input, work, deadlineMs);
}

/**
 * What was answered under the key before; null where nothing was.
 * @throws Refusal IDEMPOTENCY_MISMATCH
 */
export async function firstAnswer<Answer>(
  { idempotency }: Collections,
  tenantId: TenantId,
  procedure: string,
  input: Input,
  session?: ClientSession,
): Promise<Answer | null> {
  const { idempotencyKey: key } = input;
  if (key === undefined) return null;
  const found = await idempotency.collection.findOne(byId({ tenantId, key }), {
    ...(session && { session }),
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  if (found === null) return null;
  const record = idempotency.decode(found);
  if (!('answer' in record) || record.hash !== commandHash(procedure, input)) throw reusedKeyRefusal(key);
  // The hash matches, so this procedure wrote the answer.
  return JSON.parse(record.answer) as Answer;
}

/**
 * The same, in a transaction without a key too: for work that writes several documents, such as a record of the audit log.
 * @throws Refusal IDEMPOTENCY_MISMATCH, UNAVAILABLE
 */
export async function idempotentInTransaction<Answer>(
  collections: Collections,
  tenantId: TenantId,
  procedure: string,
  input: Input,
  work: (session: ClientSession) => Promise<Answer>,
  deadlineMs = WRITE_TIMEOUT_MS,
): Promise<Answer> {
  const { db, idempotency, clock } = collections;
  const { idempotencyKey: key } = input;
  if (key === undefined) return inTransaction(db.client, work, deadlineMs);
  const hash = commandHash(procedure, input);
  const once = async (session: ClientSession) => {
    const kept = await firstAnswer<Answer>(collections, tenantId, procedure, input, session);
    if (kept !== null) return kept;
    const answer = await work(session);
    const record = {
      _id: { tenantId, key },
      hash,
      answer: JSON.stringify(answer),
      at: timestamp(clock.now()),
    };
    await idempotency.collection.insertOne(idempotency.encode(record), { session });
    return answer;
  };
  return inTransaction(db.client, once, deadlineMs);
}
