import { Refusal } from '@baton/domain';
import { type TenantId, timestamp } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { before } from '../connection/before.ts';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { commandHash, reusedKeyRefusal } from './replay.ts';

const notInTime = () => new Refusal('UNAVAILABLE', 'MongoDB did not take it in time');

/**
 * Does what is no conversation's command once under its key: in one transaction with the record of its answer, by
 * which a retry is answered. Without a key it is simply done.
 * @param deadlineMs how long it may take; the driver alone would try for two minutes
 * @throws Refusal IDEMPOTENCY_MISMATCH, UNAVAILABLE
 */
export async function idempotent<Answer>(
  { db, idempotency, clock }: Collections,
  tenantId: TenantId,
  procedure: string,
  input: { idempotencyKey?: string | undefined },
  work: (session?: ClientSession) => Promise<Answer>,
  deadlineMs = WRITE_TIMEOUT_MS,
): Promise<Answer> {
  const { idempotencyKey: key } = input;
  if (key === undefined) return work();
  const hash = commandHash(procedure, input);
  const deadline = performance.now() + deadlineMs;
  const options = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;
  const done = db.client.withSession((session) =>
    session.withTransaction(async () => {
      // The caller has its refusal already: do not retry the transaction.
      if (performance.now() > deadline) throw notInTime();
      const found = await idempotency.collection.findOne(byId({ tenantId, key }), {
        session,
        maxTimeMS: WRITE_TIMEOUT_MS,
      });
      if (found !== null) {
        const record = idempotency.decode(found);
        if (!('answer' in record) || record.hash !== hash) throw reusedKeyRefusal(key);
        // The hash matches, so this procedure wrote the answer.
        return JSON.parse(record.answer) as Answer;
      }
      const answer = await work(session);
      const record = {
        _id: { tenantId, key },
        hash,
        answer: JSON.stringify(answer),
        at: timestamp(clock.now()),
      };
      await idempotency.collection.insertOne(idempotency.encode(record), { session });
      return answer;
    }, options),
  );
  return before(deadline, done);
}
