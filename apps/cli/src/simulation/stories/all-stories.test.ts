import { Channel } from '@baton/schema';
import { expect, test } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { createProspect } from '../prospect.ts';
import { Script } from '../script.ts';
import { customer } from '../steps/messages.ts';
import { recordAnswer } from '../steps/sales.ts';
import { STORIES } from './all-stories.ts';
import { planConversations } from '../plan-conversations.ts';

const NOW = new Date('2026-03-10T12:00:00.000Z');

test('there are at least a dozen distinct stories', () => {
  expect(new Set(STORIES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(12);
});

test.each(STORIES.map((story) => [story.name, story] as const))(
  '%s can be written with every variant of its texts',
  (_name, story) => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = seededRandom(seed);
      const script = new Script(createProspect(random, 'web', new Set()), random);
      script.run(story.steps(script.prospect, random));
      expect(script.opening?.text).toBeTruthy();
      expect(
        script.commands.every(({ atMs }, index) => atMs >= (script.commands[index - 1]?.atMs ?? 0)),
      ).toBe(true);
    }
  },
);

function written(seed: number, now = NOW): unknown[] {
  return planConversations({ conversations: 40, seed, now }).map(({ script, startMs }) => [
    script.prospect.contactId,
    script.opening,
    startMs,
    script.commands.map(({ atMs }) => atMs),
  ]);
}

test('the same seed writes the same conversations, another seed other ones', () => {
  expect(written(4)).toEqual(written(4));
  expect(written(4)).not.toEqual(written(5));
});

test('every conversation ends before now, and some of them minutes ago', () => {
  const ends = planConversations({ conversations: 200, seed: 2, now: NOW }).map(
    ({ startMs, script }) => startMs + script.lengthMs,
  );
  expect(Math.max(...ends)).toBeLessThanOrEqual(NOW.getTime());
  expect(ends.filter((end) => NOW.getTime() - end < 3_600_000).length).toBeGreaterThan(10);
});

test('nobody is in two conversations, and every channel is used', () => {
  const samples = planConversations({ conversations: 300, seed: 1, now: NOW });
  expect(new Set(samples.map(({ script }) => script.prospect.contactId)).size).toBe(300);
  expect(new Set(samples.map(({ script }) => script.prospect.channel))).toEqual(new Set(Channel.options));
});

test('a quote that the message does not hold is a mistake of the story', () => {
  const random = seededRandom(1);
  const script = new Script(createProspect(random, 'web', new Set()), random);
  const answer = recordAnswer('budget', { verdict: true, value: 'x' }, { quote: 'and that' });
  expect(() => script.run([customer('I said this.'), answer])).toThrow('is not what was said');
});
