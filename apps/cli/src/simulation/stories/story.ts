import type { SeededRandom } from '../seeded-random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { Prospect } from '../prospect.ts';
import type { Step } from '../script.ts';

/** How long ago a story ended, in milliseconds. */
type TimeRange = readonly [from: number, to: number];

export type Story = {
  name: string;
  endedAgo: TimeRange;
  steps: (prospect: Prospect, random: SeededRandom) => readonly Step[];
};

export const LONG_AGO: TimeRange = [DAY_MS, 28 * DAY_MS];
export const TODAY: TimeRange = [20 * MINUTE_MS, 7 * HOUR_MS];
export const JUST_NOW: TimeRange = [MINUTE_MS, 50 * MINUTE_MS];
