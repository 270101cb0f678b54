import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSession, MongoClient } from 'mongodb';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { decideCommand } from './batch-decide.ts';
import { readBatch } from './batch-read.ts';
import { writeBatch } from './batch-write.ts';
import {
  BatchState,
  type CommandResult,
  type CommitOptions,
  hasChanges,
  type WriteRequest,
} from './batch.ts';
import { CommitUnknown, isCommitUnknown } from './commit-error.ts';

const PAUSE_BETWEEN_COMMITS_MS = 20;

/**
 * Commits one tenant's commands in one transaction: reads what is not remembered, decides each command in
 * memory, writes everything, commits. Where it throws nothing has happened, but for CommitUnknown.
 *
 * @returns the results in the order of the requests
 * @throws StaleRead, CommitUnknown, MongoError
 */
export async function commit(
  requests: readonly WriteRequest[],
  options: CommitOptions,
): Promise<CommandResult[]> {
  const [head] = requests;
  if (head === undefined) return [];
  const { tenantId } = head;
  await options.collections.clock.ready();
  const session = options.client.startSession();
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
  try {
    const batch = new BatchState();
    await readBatch(batch, tenantId, requests, options, session);
    const results: CommandResult[] = [];
    for (const request of requests) results.push(await decideCommand(batch, request, options, session));
    if (!hasChanges(batch)) {
      void abort(options.client, session);
      return results;
    }
    await writeBatch(batch, tenantId, options, session);
    await commitTransaction(session, options.deadline);
    await session.endSession();
    return results;
  } catch (error) {
    const aborted = abort(options.client, session);
    // A duplicate has ended the transaction, so nothing is held that another attempt needs.
    if (!isDuplicate(error)) await aborted;
    throw error;
  }
}

/**
 * Ends a transaction and its session, one whose commit failed too: it would hold its documents for a minute, and the
 * driver does not end it. An abort that fails changes nothing: mongod ends an abandoned transaction by itself.
 */
async function abort(client: MongoClient, session: ClientSession): Promise<void> {
  const aborted = session.inTransaction()
    ? session.abortTransaction()
    : client.db('admin').command({ abortTransaction: 1 }, { session });
  await aborted.catch(() => undefined);
  await session.endSession();
}

/**
 * Asks again while nobody can say whether the commit happened; the server answers the same each time.
 * @throws CommitUnknown
 */
async function commitTransaction(session: ClientSession, deadline: number): Promise<void> {
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!isCommitUnknown(error)) throw error;
      if (performance.now() > deadline)
        throw new CommitUnknown('MongoDB does not say whether it committed', { cause: error });
    }
    await sleep(PAUSE_BETWEEN_COMMITS_MS);
  }
}
