import type { FollowUpId } from '@baton/schema';

/** A handler has ended, and the server could not be told: its cause says why. The follow-up may be done again. */
export class ReportLost extends Error {
  override readonly name = 'ReportLost';
  readonly followUpId: FollowUpId;
  readonly attempt: number;
  /** How the handler ended. */
  readonly ended: 'completed' | 'failed';

  constructor(
    of: { followUpId: FollowUpId; attempt: number; ended: 'completed' | 'failed' },
    cause: unknown,
  ) {
    super(`Attempt ${of.attempt} at follow-up ${of.followUpId} has ${of.ended}, and could not be reported`, {
      cause,
    });
    this.followUpId = of.followUpId;
    this.attempt = of.attempt;
    this.ended = of.ended;
  }
}
