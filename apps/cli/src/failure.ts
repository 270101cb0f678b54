import { batonError } from '@baton/client';
import { CommanderError } from 'commander';

/** How a run of the command ends. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, incomplete: 3 } as const;

/** Something that the person at the keyboard can put right; its message says how. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** An error, what caused it, and so on. */
function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function isConnectionFailure(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause.message === 'fetch failed' ||
      ('code' in cause &&
        typeof cause.code === 'string' &&
        /^(ECONN|ENOTFOUND|EAI_|UND_ERR)/.test(cause.code)),
  );
}

/** A failure in plain words: what was refused with its code, or what went wrong. Never a stack. */
export function explain(error: unknown): string {
  const answer = batonError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (answer !== null) return `${answer.code}: ${message}`;
  if (causesOf(error).some(({ message: each }) => each === 'bad port'))
    return 'Browsers and fetch never open this port: choose another, such as BATON_PORT=4100.';
  if (isConnectionFailure(error))
    return 'The Baton server does not answer. Is it running? `baton start` starts one.';
  return message;
}

/** Whether going on with other records is useless: every one of them would fail the same way. */
export function isFatal(error: unknown): boolean {
  const code = batonError(error)?.code;
  return code === undefined || ['UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE', 'INTERNAL'].includes(code);
}

/** The code that a run ends with after a failure. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) return ExitCode.failed;
  return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
}
