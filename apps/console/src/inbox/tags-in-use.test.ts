// @vitest-environment node
import { expect, test } from 'vitest';
import { tagsInUse } from './tags-in-use.ts';

test('the tag that most conversations have comes first', () => {
  expect(tagsInUse([{ tags: ['law', 'vip'] }, { tags: ['vip'] }, { tags: [] }])).toEqual(['vip', 'law']);
});
