import { Refusal } from '@baton/domain';
import { unavailableRefusal } from '@baton/repository';
import type { ErrorCode, ErrorData, InputFault } from '@baton/schema';
import { type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import type { ErrorShape } from './error-shape.ts';

/** What each code is on the wire: tRPC's code, and with it the HTTP status. */
const trpcCodes: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  INVALID_INPUT: 'BAD_REQUEST',
  INVALID_CURSOR: 'BAD_REQUEST',
  INVALID_INSTANT: 'BAD_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  TENANT_SUSPENDED: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  IDEMPOTENCY_MISMATCH: 'CONFLICT',
  VERSION_CONFLICT: 'CONFLICT',
  LEASE_LOST: 'CONFLICT',
  ENTRIES_DIFFER: 'CONFLICT',
  ID_TAKEN: 'CONFLICT',
  ALREADY_ACTIVE: 'CONFLICT',
  ALREADY_OWNER: 'CONFLICT',
  ALREADY_REDACTED: 'CONFLICT',
  AGENT_EXISTS: 'CONFLICT',
  NOT_OWNER: 'CONFLICT',
  STALE_OWNER: 'CONFLICT',
  HANDOFF_PENDING: 'CONFLICT',
  HANDOFF_NOT_PENDING: 'CONFLICT',
  HANDOFF_LOOP: 'CONFLICT',
  AGENT_FULL: 'CONFLICT',
  AGENT_UNAVAILABLE: 'CONFLICT',
  OBJECTION_NOT_OPEN: 'CONFLICT',
  FOLLOW_UP_NOT_OPEN: 'CONFLICT',
  UNKNOWN_AGENT: 'PRECONDITION_FAILED',
  CONVERSATION_CLOSED: 'PRECONDITION_FAILED',
  CONVERSATION_ERASED: 'PRECONDITION_FAILED',
  INVALID_STATUS: 'PRECONDITION_FAILED',
  LIMIT_REACHED: 'PRECONDITION_FAILED',
  CONTACT_OPTED_OUT: 'PRECONDITION_FAILED',
  WINDOW_CLOSED: 'PRECONDITION_FAILED',
  QUIET_HOURS: 'PRECONDITION_FAILED',
  RUN_LIMIT: 'PRECONDITION_FAILED',
  BUDGET_SPENT: 'PRECONDITION_FAILED',
  FILE_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  INVALID_TRANSITION: 'PRECONDITION_FAILED',
  QUALIFICATION_INCOMPLETE: 'PRECONDITION_FAILED',
  DEAL_INCOMPLETE: 'PRECONDITION_FAILED',
  LOSS_REASON_REQUIRED: 'PRECONDITION_FAILED',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  UNREADABLE: 'NOT_IMPLEMENTED',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
};

/** Ours for errors that tRPC makes by itself: an unknown procedure, a body that is no JSON … */
const batonCodes: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  BAD_REQUEST: 'INVALID_INPUT',
  PARSE_ERROR: 'INVALID_INPUT',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_INPUT',
  METHOD_NOT_SUPPORTED: 'INVALID_INPUT',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  PAYLOAD_TOO_LARGE: 'BODY_TOO_LARGE',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  SERVICE_UNAVAILABLE: 'UNAVAILABLE',
};

/** Most faults of an input that an answer lists. */
const MAX_FAULTS = 20;

/** A fault that nobody foresaw: callers see its id, the log has the rest. */
export class UnexpectedFault extends Error {
  override readonly name = 'UnexpectedFault';
  readonly errorId: string;

  constructor(errorId: string, cause: unknown) {
    super(`Something went wrong on our side (${errorId})`, { cause });
    this.errorId = errorId;
  }
}

/** Most characters that an answer shows of a key. */
const KEY_LENGTH = 100;

function shortName(key: string): string {
  return key.length <= KEY_LENGTH ? key : `${key.slice(0, KEY_LENGTH).toWellFormed()}…`;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : shortName(String(part))))
    .join('.')
    .replaceAll('.[', '[');
}

type Issue = z.core.$ZodIssue;

/** The type that a value should have where it has another one altogether; undefined for a fault further in. */
function wrongType(issue: Issue): string | undefined {
  return issue.code === 'invalid_type' && issue.path.length === 0 ? issue.expected : undefined;
}

/**
 * What is wrong, each at its own path: an unknown key at the key; a key of a record by the key's own rule; a value
 * that may have several forms by the rules of the form whose type it has.
 */
function* faultsIn(issue: Issue, before: readonly PropertyKey[]): Generator<InputFault> {
  const path = [...before, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) yield { path: pathOf([...path, key]), message: 'Unknown key' };
    return;
  }
  if (issue.code === 'invalid_key') {
    yield* allFaults(issue.issues, path);
    return;
  }
  if (issue.code === 'invalid_union') {
    const form = issue.errors.find((issues) => issues.every((inner) => wrongType(inner) === undefined));
    if (form !== undefined) {
      yield* allFaults(form, path);
      return;
    }
    const expected = issue.errors.flat().flatMap((inner) => wrongType(inner) ?? []);
    if (expected.length > 0) {
      yield { path: pathOf(path), message: `Invalid input: expected ${expected.join(' or ')}` };
      return;
    }
  }
  yield { path: pathOf(path), message: issue.message };
}

function* allFaults(issues: Iterable<Issue>, before: readonly PropertyKey[]): Generator<InputFault> {
  for (const issue of issues) yield* faultsIn(issue, before);
}

/** The first faults of an input; the others, of which there may be many, are not looked at. */
function faultsOf(error: z.core.$ZodError): InputFault[] {
  const faults: InputFault[] = [];
  for (const fault of allFaults(error.issues, [])) {
    if (faults.push(fault) === MAX_FAULTS) break;
  }
  return faults;
}

/** The error of a refused command, as tRPC carries it. */
export function refusalError(refusal: Refusal): TRPCError {
  return new TRPCError({ code: trpcCodes[refusal.code], message: refusal.message, cause: refusal });
}

/** Writes a fault to the log; what comes of it is the id under which it is found there. */
export type Report = (errorId: string, cause: unknown) => void;

/** Anything thrown, as an error that a caller may see. */
export function errorOfThrown(error: unknown, report: Report): TRPCError {
  const refusal = error instanceof Refusal ? error : unavailableRefusal(error);
  if (refusal !== null) return refusalError(refusal);
  const errorId = crypto.randomUUID();
  report(errorId, error);
  const fault = new UnexpectedFault(errorId, error);
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: fault.message, cause: fault });
}

/** What a procedure failed with, as an error that a caller may see. */
export function errorOfProcedure(error: TRPCError, report: Report): TRPCError {
  const isForeseen = error.code !== 'INTERNAL_SERVER_ERROR' && !(error.cause instanceof Refusal);
  return isForeseen ? error : errorOfThrown(error.cause ?? error, report);
}

/** The code of an answer. */
export function codeOf({ code, cause }: TRPCError): ErrorCode {
  if (cause instanceof Refusal) return cause.code;
  return batonCodes[code] ?? 'INTERNAL';
}

/** `error.data.baton` of an answer. */
export function errorData(error: TRPCError): ErrorData {
  const { cause } = error;
  if (cause instanceof Refusal) {
    return { code: cause.code, ...(cause.details !== undefined && { details: cause.details }) };
  }
  if (cause instanceof z.core.$ZodError && error.code === 'BAD_REQUEST') {
    return { code: 'INVALID_INPUT', details: { faults: faultsOf(cause) } };
  }
  if (cause instanceof UnexpectedFault) return { code: 'INTERNAL', errorId: cause.errorId };
  return { code: codeOf(error) };
}

/** The sentence of an answer: for bad input, what is wrong and where. */
export function errorMessage(error: TRPCError): string {
  const { cause } = error;
  // What fails before a procedure begins has passed no mapping, and may quote anything.
  if (error.code === 'INTERNAL_SERVER_ERROR' && !(cause instanceof UnexpectedFault))
    return 'Something went wrong on our side';
  if (!(cause instanceof z.core.$ZodError) || error.code !== 'BAD_REQUEST') return error.message;
  const faults = faultsOf(cause).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return `Invalid input. ${faults.join('; ')}`;
}

/** tRPC's codes for statuses that no code of ours stands for. */
const codesOfStatus: Partial<Record<number, TRPC_ERROR_CODE_KEY>> = {
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/**
 * The answer to a request that reaches no procedure, in the form of tRPC's errors.
 * @param status of HTTP, where it is not the one of the error's code
 */
export function errorAnswer(
  thrown: unknown,
  report: Report,
  status?: number,
): { status: number; body: { error: ErrorShape } } {
  const error = errorOfThrown(thrown, report);
  const httpStatus = status ?? getHTTPStatusCodeFromError(error);
  const code = codesOfStatus[httpStatus] ?? error.code;
  const data = { code, httpStatus, baton: errorData(error) };
  return {
    status: httpStatus,
    body: { error: { message: error.message, code: TRPC_ERROR_CODES_BY_KEY[code], data } },
  };
}

/** How long to wait before another try, in milliseconds, where the refusal says so. */
export function retryAfterMs(error: unknown): number | null {
  const refusal = error instanceof TRPCError ? error.cause : error;
  const wait = refusal instanceof Refusal ? refusal.details?.['retryAfterMs'] : undefined;
  return typeof wait === 'number' ? wait : null;
}
