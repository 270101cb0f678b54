import { describe, expect, it } from 'vitest';
import { SearchConversations, SearchMessages } from './search.ts';

describe.each(Object.entries({ SearchConversations, SearchMessages }))('%s', (_, schema) => {
  it('needs words to look for, up to 500 characters', () => {
    expect(schema.parse({ text: '"free trial" -spam' })).toEqual({ text: '"free trial" -spam', limit: 25 });
    for (const text of ['', 'x'.repeat(501), { $search: 'x' }, undefined]) {
      expect(schema.safeParse({ text }).success).toBe(false);
    }
  });
});
