import { z } from 'zod';
import type { NamedEnum } from './named.ts';

/** Every code that `error.data.baton.code` can have. */
const errorCodes = [
  // The caller
  'INVALID_INPUT',
  'INVALID_CURSOR',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'TENANT_SUSPENDED',
  'NOT_FOUND',
  'BODY_TOO_LARGE',
  'RATE_LIMITED',
  // Retries and races
  'IDEMPOTENCY_MISMATCH',
  'VERSION_CONFLICT',
  'LEASE_LOST',
  'ENTRIES_DIFFER',
  'ID_TAKEN',
  // Conversations and messages
  'ALREADY_ACTIVE',
  'CONVERSATION_CLOSED',
  'CONVERSATION_ERASED',
  'INVALID_STATUS',
  'INVALID_INSTANT',
  'NOT_OWNER',
  'STALE_OWNER',
  'ALREADY_REDACTED',
  'LIMIT_REACHED',
  'FILE_TOO_LARGE',
  // The send policy
  'CONTACT_OPTED_OUT',
  'WINDOW_CLOSED',
  'QUIET_HOURS',
  'RUN_LIMIT',
  'BUDGET_SPENT',
  // Handoffs and agents
  'HANDOFF_PENDING',
  'HANDOFF_NOT_PENDING',
  'HANDOFF_LOOP',
  'UNKNOWN_AGENT',
  'AGENT_FULL',
  'AGENT_UNAVAILABLE',
  'AGENT_EXISTS',
  'ALREADY_OWNER',
  // The sale
  'INVALID_TRANSITION',
  'QUALIFICATION_INCOMPLETE',
  'DEAL_INCOMPLETE',
  'LOSS_REASON_REQUIRED',
  'OBJECTION_NOT_OPEN',
  'FOLLOW_UP_NOT_OPEN',
  // The service
  'UNAVAILABLE',
  'UNREADABLE',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];
export const ErrorCode: NamedEnum<ErrorCode> = z.enum(errorCodes);

/** What `error.data.baton` holds; `errorId` finds an unexpected fault in the server's log. */
export const ErrorData = z.object({
  code: ErrorCode,
  details: z.unknown().optional(),
  errorId: z.string().optional(),
});
export interface ErrorData extends z.infer<typeof ErrorData> {}

/** One fault of an input, at its path. */
export type InputFault = { path: string; message: string };
