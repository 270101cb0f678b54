// An agent called `constructor` would deceive Vitest's toStrictEqual.
import { deepStrictEqual } from 'node:assert/strict';
import { type Entry, KnownEntry, timestamp } from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paths, RUNS, tell, type Told } from '../test/random-scenario.ts';
import { deepFreeze } from '../test/scenario.ts';
import { Refusal } from './refusal.ts';
import { restore } from './restore.ts';

describe('a timeline that is restored', () => {
  const cuts = fc.tuple(paths, fc.nat(), fc.nat());
  const NOW = '2100-01-01T00:00:00.000Z';

  /** Brings entries in, as a server that has the fold and the entries of earlier pieces. */
  function bring(entries: readonly Entry[], before: Told | null, more: boolean): Told {
    const known = entries.map((entry) => KnownEntry.parse(entry));
    const stored = before?.entries.slice((entries[0]?.seq ?? 1) - 1) ?? [];
    const [first] = known;
    if (first === undefined) throw new Error('There are entries');
    const input = { conversationId: first.conversationId, entries: known, more };
    const context = { now: NOW, unfinished: before?.conversation ?? null, stored };
    const restored = restore(null, deepFreeze(input), deepFreeze(context));
    return {
      conversation: restored.conversation,
      entries: [...(before?.entries ?? []), ...restored.entries],
    };
  }

  it('is the same conversation, in one piece or in two that overlap', () => {
    fc.assert(
      fc.property(cuts, ([path, end, start]) => {
        const { conversation, entries } = tell(path);
        deepStrictEqual(bring(entries, null, false).conversation, conversation);
        const first = bring(entries.slice(0, 1 + (end % entries.length)), null, true);
        const rest = entries.slice(start % (first.entries.length + 1));
        const whole = rest.length === 0 ? bring(entries, first, false) : bring(rest, first, false);
        deepStrictEqual(whole.conversation, conversation);
        deepStrictEqual(whole.entries.length, entries.length);
      }),
      RUNS,
    );
  });

  it('is refused where an entry is missing, comes twice, or was made older', () => {
    fc.assert(
      fc.property(cuts, ([path, pick]) => {
        const { entries } = tell(path);
        const at = pick % (entries.length - 1);
        const entry = entries[at];
        if (entry === undefined) throw new Error('There are entries');
        const older = { ...entries[at + 1], at: timestamp(Date.parse(entry.at) - 1) } as Entry;
        for (const wrong of [
          entries.toSpliced(at, 1),
          entries.toSpliced(at, 0, entry),
          entries.toSpliced(at + 1, 1, older),
        ]) {
          expect(() => bring(wrong, null, false)).toThrow(Refusal);
        }
      }),
      RUNS,
    );
  });
});
