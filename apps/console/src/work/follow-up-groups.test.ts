// @vitest-environment node
import { AgentId } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { followUp } from '../../test/follow-up-factory.ts';
import { groupByAssignee, groupByDay } from './follow-up-groups.ts';

const NOW = '2026-11-23T13:00:00.000Z';

describe('follow-ups by day', () => {
  it('put what is late first, and the rest under the day of the person who looks', () => {
    const late = followUp('2026-11-23T12:59:00.000Z');
    const soon = followUp('2026-11-23T14:00:00.000Z');
    const night = followUp('2026-11-23T23:30:00.000Z');
    const all = [night, late, soon];

    const inBerlin = groupByDay(all, { now: NOW, timeZone: 'Europe/Berlin' });
    expect(inBerlin.map(({ heading, items }) => [heading, items])).toEqual([
      ['Overdue', [late]],
      ['Today', [soon]],
      ['Tomorrow', [night]],
    ]);
    const inLondon = groupByDay(all, { now: NOW, timeZone: 'Europe/London' });
    expect(inLondon.map(({ heading, items }) => [heading, items])).toEqual([
      ['Overdue', [late]],
      ['Today', [soon, night]],
    ]);
  });

  it('leave out days without work, and the word overdue where nothing is', () => {
    const groups = groupByDay([followUp('2026-12-01T09:00:00.000Z')], { now: NOW, timeZone: 'UTC' });
    expect(groups.map(({ heading }) => heading)).toEqual(['Tue 1 Dec']);
    expect(groupByDay([], { now: NOW, timeZone: 'UTC' })).toEqual([]);
  });

  it('put the higher priority first where two are due together', () => {
    const low = followUp('2026-11-24T09:00:00.000Z', { priority: 'low' });
    const high = followUp('2026-11-24T09:00:00.000Z', { priority: 'high' });
    expect(groupByDay([low, high], { now: NOW, timeZone: 'UTC' })[0]?.items).toEqual([high, low]);
  });
});

describe('follow-ups by assignee', () => {
  it('put mine first and those of nobody last', () => {
    const [me, ann, zoe] = ['me', 'ann', 'zoe'].map((id) => AgentId.parse(id));
    const items = [null, zoe, ann, me].map((assignee) => followUp(NOW, { assignee }));
    const groups = groupByAssignee(items, { nameOf: (id) => id.toUpperCase(), me: me ?? null });
    expect(groups.map(({ heading }) => heading)).toEqual(['ME', 'ANN', 'ZOE', 'Nobody']);
  });
});
