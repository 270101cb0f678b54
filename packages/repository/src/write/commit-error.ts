import { Refusal } from '@baton/domain';
import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';

const DUPLICATE_KEY = 11_000;
const WRITE_CONFLICT = 112;

/** Retryable error codes of MongoDB: timeouts, shutdown, not primary. */
const SERVER_IS_AWAY: ReadonlySet<unknown> = new Set([
  6, 7, 50, 89, 91, 134, 189, 262, 9_001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436,
]);
/** Errors of the driver without a connection, by name: it does not export all of these classes. */
const CLIENT_IS_AWAY: ReadonlySet<string> = new Set([
  'MongoWaitQueueTimeoutError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
]);

/** A commit that found the store changed since the conversation was read. */
export class StaleRead extends Error {
  override readonly name = 'StaleRead';
}

/** Nobody can say whether the commit happened: a retry could do it twice. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** Whether the same commit may succeed when it is tried again from a fresh read. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StaleRead) return true;
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (!(error instanceof MongoError)) return false;
  const code = codeOf(error);
  return (
    error.hasErrorLabel('TransientTransactionError') ||
    code === WRITE_CONFLICT ||
    SERVER_IS_AWAY.has(code) ||
    CLIENT_IS_AWAY.has(error.name)
  );
}

export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === DUPLICATE_KEY;
}

/** The name of the unique index that has the key already; the error of a bulk write tells it in its message only. */
export function duplicateIndex(error: unknown): string | undefined {
  if (!(error instanceof MongoServerError) || !isDuplicate(error)) return undefined;
  return /^E11000 duplicate key error collection: \S+ index: (\S+) dup key/.exec(error.message)?.[1];
}

export function isCommitUnknown(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  if (error.hasErrorLabel('TransientTransactionError')) return false;
  return !(error instanceof MongoServerError) || error.hasErrorLabel('UnknownTransactionCommitResult');
}

function codeOf(error: unknown): unknown {
  return error instanceof MongoServerError ? error.code : undefined;
}

/** Throws what a caller may try again later as the Refusal UNAVAILABLE, and anything else as it is. */
export function rethrowUnavailable(error: unknown): never {
  if (!isTransient(error)) throw error;
  throw new Refusal('UNAVAILABLE', 'MongoDB does not answer in time; try again', undefined, error);
}
