import { Refusal } from '@baton/domain';
import { type TenantId, timestamp } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { WRITE_MS } from './read-limits.ts';
import { commandHash, otherInput } from './replay.ts';
import { byId, type Tables } from './tables.ts';

/**
 * Does what is no conversation's command once under its key: in one transaction with the record of its answer, by
 * which a retry is answered. Without a key it is simply done.
 * @throws Refusal IDEMPOTENCY_MISMATCH, UNAVAILABLE
 */
export async function once<Answer>(
  { db, idempotency }: Tables,
  tenantId: TenantId,
  procedure: string,
  input: { idempotencyKey?: string | undefined },
  work: (session?: ClientSession) => Promise<Answer>,
): Promise<Answer> {
  const { idempotencyKey: key } = input;
  if (key === undefined) return work();
  const hash = commandHash(procedure, input);
  const deadline = performance.now() + WRITE_MS;
  const options = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;
  return db.client.withSession((session) =>
    session.withTransaction(async () => {
      // The driver would try again for two minutes.
      if (performance.now() > deadline) throw new Refusal('UNAVAILABLE', 'MongoDB did not take it in time');
      const found = await idempotency.collection.findOne(byId({ tenantId, key }), {
        session,
        maxTimeMS: WRITE_MS,
      });
      if (found !== null) {
        const record = idempotency.decode(found);
        if (!('answer' in record) || record.hash !== hash) throw otherInput(key);
        // What was answered the first time, by this very procedure.
        return JSON.parse(record.answer) as Answer;
      }
      const answer = await work(session);
      const record = {
        _id: { tenantId, key },
        hash,
        answer: JSON.stringify(answer),
        at: timestamp(Date.now()),
      };
      await idempotency.collection.insertOne(idempotency.encode(record), { session });
      return answer;
    }, options),
  );
}
