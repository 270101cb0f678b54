// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { followUp } from '../../test/follow-up-factory.ts';
import { applyPatches, withEntry } from './follow-up-patch.ts';

describe('what was done to follow-ups and is not answered yet', () => {
  const [first, second] = [followUp('2026-11-23T09:00:00.000Z'), followUp('2026-11-24T09:00:00.000Z')];

  it('shows at once: a snoozed one has its new time, a cancelled one is gone', () => {
    const dueAt = '2026-12-01T09:00:00.000Z';
    expect(applyPatches([first, second], new Map([[first.id, { dueAt }]]))).toEqual([
      { ...first, dueAt },
      second,
    ]);
    expect(applyPatches([first, second], new Map([[first.id, 'ended']]))).toEqual([second]);
  });

  it('is taken back without a trace', () => {
    const patches = withEntry(new Map(), first.id, 'cancelled' as const);
    expect(applyPatches([first], withEntry(patches, first.id, undefined))).toEqual([first]);
  });
});
