import type { ErrorCode, InputFault } from '@baton/schema';

/** Why a command is refused. The router maps the code to HTTP. */
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

/** Refuses one value of an input in the form in which the schema does. */
export function invalidInput(path: string, message: string): Refusal {
  return new Refusal('INVALID_INPUT', message, { faults: [{ path, message }] satisfies InputFault[] });
}
