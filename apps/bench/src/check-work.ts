import { rebuild, type Collections } from '@baton/repository';

/** Something that was measured did not do its work: the figures are worth nothing. */
export class WorkNotDone extends Error {
  override readonly name = 'WorkNotDone';
}

/**
 * All contenders must have left conversations that are the folds of their timelines, the bare driver too.
 * @throws WorkNotDone
 */
export async function checkWork(collections: Collections): Promise<void> {
  const { differences } = await rebuild(collections);
  if (differences.length === 0) return;
  throw new WorkNotDone(`${differences.length} conversations are not the folds of their timelines`);
}
