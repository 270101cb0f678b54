import { batonError } from '@baton/client';

/** One sentence for the person who tried it. */
export function errorMessage(error: unknown): string {
  const answer = batonError(error);
  if (answer === null) {
    return error instanceof Error && error.name !== 'TRPCClientError'
      ? error.message
      : 'The server cannot be reached.';
  }
  if (answer.code === 'INTERNAL' && answer.errorId !== undefined) {
    return `Something went wrong on the server (error ${answer.errorId}).`;
  }
  // Of a call that another role may make.
  const { role, needs }: { role?: unknown; needs?: unknown } = Object(answer.details);
  const isOfRole = error instanceof Error && error.message.includes('is not for the role');
  if (isOfRole && answer.code === 'FORBIDDEN' && Array.isArray(needs))
    return `Your role, ${String(role)}, may not do this: it takes ${needs.join(' or ')}.`;
  return error instanceof Error ? `${error.message.replace(/\.$/, '')}.` : answer.code;
}

/** Whether the command may or may not have been applied. */
export function isOutcomeUnknown(error: unknown): boolean {
  const answer = batonError(error);
  if (answer !== null) return answer.code === 'UNAVAILABLE' || answer.code === 'INTERNAL';
  return error instanceof Error && error.name === 'TRPCClientError';
}
