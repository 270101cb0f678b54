/** How long a browser stays signed in. */
export interface SessionLife {
  /** While nobody uses it, in milliseconds. */
  idleMs: number;
  /** At most, in milliseconds. */
  longestMs: number;
}

const DAY_MS = 24 * 3_600_000;

export const SESSION_LIFE: SessionLife = { idleMs: 7 * DAY_MS, longestMs: 30 * DAY_MS };
