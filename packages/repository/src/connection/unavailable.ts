import { Refusal } from '@baton/domain';
import { MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb';

/** Error codes of MongoDB that say: not now, or not from this server. */
const SERVER_IS_AWAY: ReadonlySet<unknown> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  46, // LockBusy
  50, // MaxTimeMSExpired
  63, // StaleShardVersion
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  225, // TransactionTooOld
  234, // RetryChangeStream
  237, // CursorKilled
  246, // SnapshotUnavailable
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  279, // ClientDisconnect
  290, // TransactionExceededLifetimeLimitSeconds
  365, // TemporarilyUnavailable
  9_001, // SocketException
  10_058, // LegacyNotPrimary
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_601, // Interrupted
  11_602, // InterruptedDueToReplStateChange
  13_388, // StaleConfig
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
  46_841, // ClientMarkedKilled
]);

/** Errors of the driver without a connection, by name: it does not export all of these classes. */
const CLIENT_IS_AWAY: ReadonlySet<string> = new Set([
  'MongoWaitQueueTimeoutError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'MongoNotConnectedError',
  'MongoServerClosedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoOperationTimeoutError',
  'MongoStalePrimaryError',
]);

/** Labels with which the server and the driver say that the same may be tried again. */
const TRY_AGAIN = [
  'TransientTransactionError',
  'RetryableWriteError',
  'RetryableError',
  'SystemOverloadedError',
  'ResumableChangeStreamError',
  'PoolRequestedRetry',
];

/** The driver lets errors of a socket through as they are where one breaks during a large write. */
const SOCKET_IS_BROKEN: ReadonlySet<unknown> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EPROTO',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_SOCKET_CLOSED',
]);
const TLS_CODE = /^ERR_(?:SSL|TLS)_/;

/** How deep causes are looked through. */
const MOST_CAUSES = 8;

/** Whether MongoDB could not be reached or did not answer, itself or by a cause: a later try may succeed. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  // A refusal is an answer, whatever led to it.
  if (!(error instanceof Error) || error instanceof Refusal || depth > MOST_CAUSES) return false;
  if (error instanceof MongoError ? isMongoAway(error) : isSocketBroken(error)) return true;
  return causesOf(error).some((cause) => isUnavailable(cause, depth + 1));
}

function causesOf(error: Error): unknown[] {
  if (error instanceof AggregateError) return [error.cause, ...error.errors];
  // A bulk write keeps what its connection failed with in place of the server's answer.
  if (error instanceof MongoServerError) return [error.cause, error.errorResponse];
  return [error.cause];
}

function isMongoAway(error: MongoError): boolean {
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    CLIENT_IS_AWAY.has(error.name) ||
    (error instanceof MongoServerError && SERVER_IS_AWAY.has(error.code)) ||
    TRY_AGAIN.some((label) => error.hasErrorLabel(label))
  );
}

function isSocketBroken(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return SOCKET_IS_BROKEN.has(code) || (typeof code === 'string' && TLS_CODE.test(code));
}

export function unavailable(cause: unknown): Refusal {
  return new Refusal('UNAVAILABLE', 'MongoDB does not answer in time; try again', undefined, cause);
}

/** The refusal of what MongoDB could not do now; null for any other error. */
export function unavailableRefusal(error: unknown): Refusal | null {
  return isUnavailable(error) ? unavailable(error) : null;
}
