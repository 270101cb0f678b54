import { Refusal } from '@baton/domain';
import { MongoServerError } from 'mongodb';
import { isUnavailable } from '../connection/unavailable.ts';

/** Whether a fault is one conversation's alone, and the others' turn comes all the same. */
export function isOfOne(error: unknown): boolean {
  if (error instanceof Refusal) return error.code !== 'UNAVAILABLE';
  return error instanceof MongoServerError && !isUnavailable(error);
}

/** @throws what went wrong; of several an AggregateError */
export function throwFaults(faults: readonly unknown[], what = 'parts of erasures'): void {
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, `${faults.length} ${what} did not go on`);
}
