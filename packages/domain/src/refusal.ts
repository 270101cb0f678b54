import type { ErrorCode, InputFault } from '@baton/schema';

/** Why a command may not happen. It knows nothing of HTTP; the router maps its code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, details?: Record<string, unknown>, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.details = details;
  }
}

/** The refusal of one value of an input, told like those that its schema refuses: with its path. */
export function badInput(path: string, message: string): Refusal {
  return new Refusal('INVALID_INPUT', message, { faults: [{ path, message }] satisfies InputFault[] });
}
