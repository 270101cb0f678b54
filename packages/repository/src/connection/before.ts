import { Refusal } from '@baton/domain';

/**
 * What work gives, if it gives it in time. It is not stopped then, and what it did may stand.
 * @param deadline on the process's own clock, which nobody sets: of `performance.now()`
 * @throws Refusal UNAVAILABLE at the deadline
 */
export async function before<Result>(deadline: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Refusal('UNAVAILABLE', 'MongoDB did not answer in time; try again')),
    Math.max(0, Math.ceil(deadline - performance.now())),
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
