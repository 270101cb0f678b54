import { Channel } from '@baton/schema';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './durations.ts';
import { createProspect } from './prospect.ts';
import { Script } from './script.ts';
import { STORIES } from './stories/all-stories.ts';
import type { Story } from './stories/story.ts';

export type PlanOptions = {
  conversations: number;
  /** The same seed gives the same conversations. */
  seed: number;
  /** The conversations end before it, some by minutes, some by weeks. */
  now: Date;
};

/** A conversation that has been written down but not sent. */
export type PlannedConversation = { story: Story; script: Script; key: string; startMs: number };

/** What ended days ago began at office hours; anything newer keeps its exact distance from now. */
function chooseStartMs(
  { endedAgo: [from, to] }: Story,
  { lengthMs }: Script,
  random: SeededRandom,
  nowMs: number,
): number {
  const endMs = nowMs - random.integer(from / SECOND_MS, to / SECOND_MS) * SECOND_MS;
  const startMs = endMs - lengthMs;
  if (nowMs - endMs < DAY_MS) return startMs;
  const midnight = Math.floor(startMs / DAY_MS) * DAY_MS;
  const officeStartMs = midnight + random.integer(8 * 60, 16 * 60) * MINUTE_MS;
  return officeStartMs + lengthMs < nowMs - HOUR_MS ? officeStartMs : startMs;
}

/** Writes the conversations of a run: the same for the same seed and now. */
export function planConversations({ conversations, seed, now }: PlanOptions): PlannedConversation[] {
  const random = seededRandom(seed);
  const usedContactIds = new Set<string>();
  return Array.from({ length: conversations }, (_, index) => {
    const story = STORIES[index % STORIES.length] ?? STORIES[0];
    const channel =
      Channel.options[(index + Math.floor(index / Channel.options.length)) % Channel.options.length] ?? 'web';
    const prospect = createProspect(random, channel, usedContactIds);
    const script = new Script(prospect, random);
    script.run(story.steps(prospect, random));
    const startMs = chooseStartMs(story, script, random, now.getTime());
    return { story, script, key: `${seed}-${index + 1}`, startMs };
  });
}
