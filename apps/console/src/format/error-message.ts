import { batonError } from '@baton/client';
import { z } from 'zod';

/** Of a call that another role may make. */
const RoleNeeded = z.object({ role: z.string(), needs: z.array(z.string()).min(1) });

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
  const role = answer.code === 'FORBIDDEN' ? RoleNeeded.safeParse(answer.details).data : undefined;
  if (role !== undefined && error instanceof Error && error.message.includes('is not for the role'))
    return `Your role, ${role.role}, may not do this: it takes ${role.needs.join(' or ')}.`;
  return error instanceof Error ? `${error.message.replace(/\.$/, '')}.` : answer.code;
}

/** Whether the command may or may not have been applied. */
export function isOutcomeUnknown(error: unknown): boolean {
  const answer = batonError(error);
  if (answer !== null) return answer.code === 'UNAVAILABLE' || answer.code === 'INTERNAL';
  return error instanceof Error && error.name === 'TRPCClientError';
}
