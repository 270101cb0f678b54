import type { Collections } from '../schema/open-collections.ts';

/** The filter of what is neither too old nor idle. */
export function liveOnly({ sessionLife }: Pick<Collections, 'sessionLife'>) {
  const idleSince = { $subtract: ['$$NOW', sessionLife.idleMs] };
  return {
    $expr: {
      $and: [
        { $gt: ['$expiresAt', '$$NOW'] },
        { $gt: [{ $ifNull: ['$lastSeenAt', '$createdAt'] }, idleSince] },
      ],
    },
  };
}
