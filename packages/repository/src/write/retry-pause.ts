import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../clock/clock.ts';

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** A short pause of random length before the next attempt, so that two servers do not keep step. */
export async function pauseBeforeRetry(attempt: number, random: Random): Promise<void> {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
  await sleep(pause * (0.5 + random()));
}
