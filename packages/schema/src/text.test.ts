import { describe, expect, it } from 'vitest';
import { ContactId, text } from './text.ts';

describe('text', () => {
  it('is counted in characters, from one to its limit', () => {
    expect(text(4).safeParse('🤝🤝🤝🤝').success).toBe(true);
    expect(text(4).safeParse('🤝🤝🤝🤝x').success).toBe(false);
    expect(text(4).safeParse('x'.repeat(5)).success).toBe(false);
    expect(text(4, 2).safeParse('🤝').success).toBe(false);
    expect(text(4).safeParse('').success).toBe(false);
  });

  it('may be empty where its schema says so', () => {
    expect(text(4, 0).parse('')).toBe('');
  });

  it.each([
    ['a high surrogate alone', 'a\uD83E'],
    ['a low surrogate alone', '\uDD1Da'],
    ['a pair the wrong way round', '\uDD1D\uD83E'],
  ])('is refused with %s, which UTF-8 cannot hold', (_, value) => {
    expect(text(10).safeParse(value).error?.issues[0]?.message).toBe('Text has half of a surrogate pair');
  });

  it('keeps what it was given to the letter', () => {
    const value = ' \t\u0000 e\u0301 ﬁ $where {"$gt": ""} ';
    expect(text(100).parse(value)).toBe(value);
  });

  it.each([
    ['an operator', { $gt: '' }],
    ['a list', ['a']],
    ['a number', 1],
    ['null', null],
  ])('is never %s', (_, value) => {
    expect(text(10).safeParse(value).success).toBe(false);
  });
});

describe('the key of a contact', () => {
  it('is one to 200 characters of the caller', () => {
    expect(ContactId.parse('+49 170/ü')).toBe('+49 170/ü');
    expect(ContactId.safeParse('x'.repeat(200)).success).toBe(true);
    expect(ContactId.safeParse('x'.repeat(201)).success).toBe(false);
    expect(ContactId.safeParse('').success).toBe(false);
  });
});
