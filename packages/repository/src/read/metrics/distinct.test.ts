import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countVisits, noVisits } from '../../rollup/distinct.ts';
import { stagesOfEntries, workOfEntries } from './distinct.ts';

const STAGES = ['lead', 'qualification', 'closing', 'follow_up'];
const AGENTS = ['ann', 'bob'];

const entry = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stage'), to: fc.constantFrom(...STAGES) }) },
  fc.record({
    kind: fc.constant('message'),
    author: fc.record({ kind: fc.constant('agent'), agentId: fc.constantFrom(...AGENTS) }),
  }),
  fc.record({ kind: fc.constant('message'), author: fc.constant({ kind: 'customer' }) }),
  fc.record({
    kind: fc.constant('owner'),
    from: fc.constantFrom(...AGENTS),
    to: fc.constantFrom(...AGENTS),
  }),
);

const timeline = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(entry, fc.nat({ max: 2 })), { maxLength: 20 }))
  .map(([isWhole, moves]) => {
    let hour = 0;
    const first = { kind: 'created', agentId: 'ann', seq: 1, hour };
    const rest = moves.map(([one, later], index) => ({ ...one, seq: index + 2, hour: (hour += later) }));
    return isWhole ? [first, ...rest] : rest;
  });

test('a conversation counts once in each period of whole hours in which it did what is counted', () => {
  fc.assert(
    fc.property(timeline, fc.nat({ max: 25 }), fc.nat({ max: 25 }), (entries, from, length) => {
      const visits = noVisits();
      const counted = new Map<string, number>();
      for (const one of entries)
        countVisits(visits, one, one.hour, (span, family, key, amount) => {
          if (span[0] >= from && span[1] < from + length)
            counted.set(`${family} ${key}`, (counted.get(`${family} ${key}`) ?? 0) + amount);
        });
      const inPeriod = entries.filter(({ hour }) => hour >= from && hour < from + length);
      const stages = [...stagesOfEntries(inPeriod)].map((key) => `stages ${key}`);
      const expected = [...stages, ...[...workOfEntries(inPeriod)].map((key) => `work ${key}`)];
      expect(new Map([...counted].filter(([, amount]) => amount !== 0))).toEqual(
        new Map(expected.map((key) => [key, 1])),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('a conversation has come as far on the path as the furthest stage that it entered', () => {
  const created = { kind: 'created', agentId: 'ann' };
  const entered = stagesOfEntries([created, { kind: 'stage', to: 'closing' }]);
  expect([...entered].filter((key) => key.startsWith('reached:'))).toEqual([
    'reached:lead',
    'reached:qualification',
    'reached:qualified',
    'reached:closing',
  ]);
  expect([...stagesOfEntries([{ kind: 'stage', to: 'closing' }])]).toEqual(['entered:closing']);
});
