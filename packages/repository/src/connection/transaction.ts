import { Refusal } from '@baton/domain';
import type { ClientSession, MongoClient } from 'mongodb';
import { before } from './before.ts';
import { WRITE_TIMEOUT_MS } from './deadlines.ts';

const notInTime = () => new Refusal('UNAVAILABLE', 'MongoDB did not take it in time');

/**
 * Does work in one transaction, which is tried again where MongoDB asks for that.
 * @param deadlineMs how long it may take; the driver alone would try for two minutes
 * @throws Refusal UNAVAILABLE at the deadline
 */
export async function inTransaction<Answer>(
  client: MongoClient,
  work: (session: ClientSession) => Promise<Answer>,
  deadlineMs = WRITE_TIMEOUT_MS,
): Promise<Answer> {
  const deadline = performance.now() + deadlineMs;
  const options = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;
  const done = client.withSession((session) =>
    session.withTransaction(async () => {
      // The caller has its refusal already: do not retry the transaction.
      if (performance.now() > deadline) throw notInTime();
      return work(session);
    }, options),
  );
  return before(deadline, done);
}
