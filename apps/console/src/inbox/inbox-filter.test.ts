// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { boundsOf, toInboxFilter, listInput } from './inbox-filter.ts';
import { parseInboxParams } from './inbox-params.ts';

const NOON = new Date(2026, 2, 2, 12).getTime();
const bounds = (search: Record<string, unknown>) => boundsOf(toInboxFilter(parseInboxParams(search)), NOON);
const local = (day: number) => new Date(2026, 2, day).toISOString();

describe('a filter that speaks of now', () => {
  test('asks for who has waited since before so many minutes ago', () => {
    expect(bounds({ waits: 15 })).toEqual({ waitingBefore: new Date(NOON - 15 * 60_000).toISOString() });
  });

  test.each([
    ['overdue', new Date(NOON).toISOString()],
    ['today', local(3)],
    ['week', local(9)],
  ])('a follow-up that is %s is due before the viewer’s own %s', (due, before) => {
    expect(bounds({ due })).toEqual({ followUpBefore: before });
  });

  test('without it nothing is bounded', () => {
    expect(bounds({})).toEqual({});
  });

  test('the server is asked for the instant, not for the words of the address', () => {
    const filter = toInboxFilter(parseInboxParams({ waits: 5, due: 'today', stage: 'closing' }));
    expect(listInput(filter, boundsOf(filter, NOON))).toEqual({
      stage: 'closing',
      sort: 'updatedAt',
      waitingBefore: new Date(NOON - 5 * 60_000).toISOString(),
      followUpBefore: local(3),
    });
  });
});

test('a follow-up is looked for whatever the status; everything else among what is active', () => {
  expect(toInboxFilter({}).status).toBe('active');
  expect(toInboxFilter({ due: 'week' }).status).toBeNull();
  expect(toInboxFilter({ due: 'week', status: 'active' }).status).toBe('active');
});

test('an address that asks for what there is not shows the list as it begins', () => {
  expect(parseInboxParams({ waits: -1, due: 'yesterday', stage: 'nowhere' })).toEqual({});
});
