import { Refusal } from '@baton/domain';
import type { ErrorCode } from '@baton/schema';

/** A refusal with a status of HTTP that its code alone does not have. */
export class RequestRefusal extends Refusal {
  readonly statusCode: number;

  constructor(statusCode: number, code: ErrorCode, message: string) {
    super(code, message);
    this.statusCode = statusCode;
  }
}
