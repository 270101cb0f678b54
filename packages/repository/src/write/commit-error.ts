import { MongoError, MongoServerError } from 'mongodb';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { isUnavailable, unavailable, unavailableRefusal } from '../connection/unavailable.ts';

/** A commit that found the store changed since the conversation was read. */
export class StaleRead extends Error {
  override readonly name = 'StaleRead';
}

/** An id that a command would give belongs to something else, perhaps of another tenant. */
export class IdTaken extends Error {
  override readonly name = 'IdTaken';
}

/** Nobody can say whether the commit happened: a retry could do it twice. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** Whether the same commit may succeed when it is tried again from a fresh read. */
export function isTransient(error: unknown): boolean {
  return error instanceof StaleRead || isUnavailable(error);
}

/** Where the key stands already. The error of a bulk write tells it in its message only. */
export function duplicateOf(error: unknown): { collection?: string; index?: string } {
  if (!isDuplicate(error)) return {};
  return { ...DUPLICATE_MESSAGE.exec(error.message)?.groups };
}

const DUPLICATE_MESSAGE =
  /^E11000 duplicate key error collection: [^.]+\.(?<collection>\S+) index: (?<index>\S+) dup key/;

/** Whether a commit that failed may have happened: only the server itself can say that it has not. */
export function isCommitUnknown(error: unknown): boolean {
  if (error instanceof MongoError && error.hasErrorLabel('TransientTransactionError')) return false;
  if (!(error instanceof MongoServerError) || isUnavailable(error)) return true;
  return error.hasErrorLabel('UnknownTransactionCommitResult');
}

/** Throws what a caller may try again later as the Refusal UNAVAILABLE, and anything else as it is. */
export function rethrowUnavailable(error: unknown): never {
  if (error instanceof StaleRead) throw unavailable(error);
  throw unavailableRefusal(error) ?? error;
}
