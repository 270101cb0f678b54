import { batonError } from '@baton/client';
import { CommanderError } from 'commander';

export const ExitCode = { ok: 0, failed: 1, usage: 2, incomplete: 3 } as const;

/** An error that the user can fix; its message says how. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

function causeChain(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causeChain(error.cause)] : [];
}

/** Whether a call did not reach the server. An unreachable MongoDB has the same codes, but is no client error. */
function isServerUnreachable(error: unknown): boolean {
  const causes = causeChain(error);
  if (causes.some(({ message }) => message === 'fetch failed')) return true;
  return (
    causes[0]?.name === 'TRPCClientError' &&
    causes.some(
      (cause) =>
        'code' in cause &&
        typeof cause.code === 'string' &&
        /^(ECONN|ENOTFOUND|EAI_|UND_ERR)/.test(cause.code),
    )
  );
}

const HINTS: Partial<Record<string, string>> = {
  UNAUTHORIZED:
    'The server does not take this key. It came from BATON_API_KEY or, without that, from .baton/connection.json.',
};

/** The message for a person, with the code of a refusal; never a stack. */
export function errorMessage(error: unknown): string {
  const answer = batonError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (answer !== null) return `${answer.code}: ${HINTS[answer.code] ?? message}`;
  if (causeChain(error).some(({ message: each }) => each === 'bad port'))
    return 'Browsers and fetch never open this port: choose another, such as BATON_PORT=4100.';
  if (isServerUnreachable(error))
    return 'The Baton server does not answer. Is it running? `npx -y pnpm@12 start` starts one.';
  return message;
}

export function errorJson(error: unknown): string {
  return JSON.stringify({ error: { code: batonError(error)?.code ?? null, message: errorMessage(error) } });
}

/** Whether all other records would fail in the same way. */
export function isFatal(error: unknown): boolean {
  const code = batonError(error)?.code;
  return code === undefined || ['UNAUTHORIZED', 'FORBIDDEN', 'UNAVAILABLE', 'INTERNAL'].includes(code);
}

export function exitCodeFor(error: unknown): number {
  if (!(error instanceof CommanderError)) return ExitCode.failed;
  return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
}
