import { Channel } from '@baton/schema';
import { expect, test } from 'vitest';
import { chanceOf } from '../seeded-random.ts';
import { samplesOf } from './simulate.ts';
import { castOf } from './cast.ts';
import { Script } from './script.ts';
import { STORIES } from './stories.ts';

const NOW = new Date('2026-03-10T12:00:00.000Z');

test('there are at least a dozen distinct stories', () => {
  expect(new Set(STORIES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(12);
});

test.each(STORIES.map((story) => [story.name, story] as const))(
  '%s can be told with every turn of its wording',
  (_name, story) => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const chance = chanceOf(seed);
      const script = new Script(castOf(chance, 'web', new Set()), chance);
      story.tell(script);
      expect(script.opening?.text).toBeTruthy();
      expect(script.steps.every((step, index) => step.atMs >= (script.steps[index - 1]?.atMs ?? 0))).toBe(
        true,
      );
    }
  },
);

function written(seed: number, now = NOW): unknown[] {
  return samplesOf({ conversations: 40, seed, now }).map(({ script, startMs }) => [
    script.cast.contactId,
    script.opening,
    startMs,
    script.steps.map(({ atMs }) => atMs),
  ]);
}

test('the same seed writes the same conversations, another seed other ones', () => {
  expect(written(4)).toEqual(written(4));
  expect(written(4)).not.toEqual(written(5));
});

test('every conversation ends before now, and some of them minutes ago', () => {
  const ends = samplesOf({ conversations: 200, seed: 2, now: NOW }).map(
    ({ startMs, script }) => startMs + script.lengthMs,
  );
  expect(Math.max(...ends)).toBeLessThanOrEqual(NOW.getTime());
  expect(ends.filter((end) => NOW.getTime() - end < 3_600_000).length).toBeGreaterThan(10);
});

test('nobody is in two conversations, and every channel is used', () => {
  const samples = samplesOf({ conversations: 300, seed: 1, now: NOW });
  expect(new Set(samples.map(({ script }) => script.cast.contactId)).size).toBe(300);
  expect(new Set(samples.map(({ script }) => script.cast.channel))).toEqual(new Set(Channel.options));
});

test('evidence that was never said is a mistake of the story', () => {
  const chance = chanceOf(1);
  const script = new Script(castOf(chance, 'web', new Set()), chance);
  const said = script.customer('I said this.');
  expect(() => script.answer('budget', { verdict: true, value: 'x' }, said, { quote: 'and that' })).toThrow(
    'is not what was said',
  );
});
