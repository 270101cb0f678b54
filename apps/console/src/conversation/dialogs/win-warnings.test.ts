// @vitest-environment node
import { expect, test } from 'vitest';
import { winWarnings } from './win-warnings.ts';

test('closing as won warns of open objections and of a customer who waits', () => {
  expect(winWarnings({ objections: [], metrics: { waitingSince: null } })).toEqual([]);
  expect(
    winWarnings({
      objections: [{ type: 'price' }, { type: 'trust' }, { type: 'price' }],
      metrics: { waitingSince: '2026-01-01T00:00:00.000Z' },
    }),
  ).toEqual(['3 objections are still open: price, trust.', 'The customer’s last message has no answer yet.']);
});
