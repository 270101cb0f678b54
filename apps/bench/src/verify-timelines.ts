import { rebuild, type Collections } from '@baton/repository';

/** A contender did not do its work, so its figures are worth nothing. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
}

/**
 * Checks that every conversation is the fold of its timeline, those of the bare driver too.
 * @throws VerificationError
 */
export async function verifyTimelines(collections: Collections): Promise<void> {
  const { differences } = await rebuild(collections);
  if (differences.length === 0) return;
  throw new VerificationError(`${differences.length} conversations are not the folds of their timelines`);
}
