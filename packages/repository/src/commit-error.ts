import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';

const DUPLICATE_KEY = 11_000;
const WRITE_CONFLICT = 112;
const DOCUMENT_INVALID = 121;

/** A commit that found the store changed since the conversation was read. */
export class StaleRead extends Error {
  override readonly name = 'StaleRead';
}

/** Whether the same commit may succeed when it is tried again from a fresh read. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StaleRead) return true;
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (!(error instanceof MongoError)) return false;
  return error.hasErrorLabel('TransientTransactionError') || codeOf(error) === WRITE_CONFLICT;
}

export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === DUPLICATE_KEY;
}

/** Whether mongod's validator refused a document: a fault of ours, never of the caller's. */
export function isInvalidDocument(error: unknown): boolean {
  return codeOf(error) === DOCUMENT_INVALID;
}

export function isCommitUnknown(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult');
}

function codeOf(error: unknown): unknown {
  return error instanceof MongoServerError ? error.code : undefined;
}
