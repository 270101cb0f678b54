import type { AppRouter } from '@baton/router/api';
import { type ErrorCode, ErrorData } from '@baton/schema';
import { TRPCClientError } from '@trpc/client';
import { ReportLost } from './report-lost.ts';

/** Something answered a call that is not Baton: a proxy while Baton is away, or another server. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly status: number;

  constructor(url: string, status: number) {
    super(`${url} answered with status ${status}, and not as Baton does`);
    this.status = status;
  }
}

/** What the server said of a refused call; null where the failure is no answer of Baton's, as when it is away. */
export function batonError(error: unknown): ErrorData | null {
  if (error instanceof ReportLost) return batonError(error.cause);
  if (!(error instanceof TRPCClientError)) return null;
  // The constructor's router cannot be told at run time; the answer is parsed instead.
  const { data } = error as TRPCClientError<AppRouter>;
  const parsed = ErrorData.safeParse(data?.baton);
  return parsed.success ? parsed.data : null;
}

/** Whether a call failed with this code. */
export function isRefused(error: unknown, ...codes: ErrorCode[]): boolean {
  const answer = batonError(error);
  return answer !== null && codes.includes(answer.code);
}
