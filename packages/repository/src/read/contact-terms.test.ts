import { describe, expect, it } from 'vitest';
import { contactQueryOf, emailOf, firstTermFor, isFoundBy, phoneOf, termsOf } from './contact-terms.ts';

const ZOE = { id: 'crm-7', name: 'Zoë Ann O’Hara', email: 'zoe.hara@example.com', phone: '+493012345678' };

describe('a contact', () => {
  it('is found by its name from each word on, its e-mail address, its phone number and its id', () => {
    expect(termsOf(ZOE)).toEqual([
      'zoe ann o hara',
      'ann o hara zoe',
      'o hara zoe ann',
      'hara zoe ann o',
      'crm-7',
      'zoe.hara@example.com',
      '493012345678',
      '3012345678',
    ]);
  });

  it.each([
    ['zo', true],
    ['ZOË', true],
    ['hara zoe', true],
    ['Zoe Hara', true],
    ['an zo', true],
    ['oe', false],
    ['Zoe Miller', false],
    ['zoe.hara@exa', true],
    ['Zoe.Hara@Example.com', true],
    ['@example.com', false],
    ['+49 30 123', true],
    ['030 1234', true],
    ['0049 (30) 1234-5678', true],
    ['99', false],
    ['CRM-7', true],
    ['crm', true],
    ['…', false],
  ])('answers to %s: %s', (text, isFound) => {
    const query = contactQueryOf(text);
    expect(query !== null && firstTermFor(ZOE, query) !== undefined).toBe(isFound);
  });

  it('has the same terms however its letters are composed, and none of more than eight words of a name', () => {
    const [composed, apart] = ['Zoë', 'Zoe\u0308'].map((name) => termsOf({ id: 'x', name }));
    expect(composed).toEqual(apart);
    expect(termsOf({ id: 'x', name: 'a b c d e f g h i j' })).toHaveLength(9);
    expect(termsOf({ id: 'x', name: '!' })).toEqual(['x']);
  });

  it('is shown at the first of its terms that a query finds', () => {
    const query = { prefix: 'zoe', others: [] };
    expect(firstTermFor(ZOE, query)).toBe('zoe ann o hara');
    expect(firstTermFor({ ...ZOE, name: 'Mia' }, query)).toBe('zoe.hara@example.com');
    expect(isFoundBy('zoe ann', { prefix: 'zoe', others: ['an'] })).toBe(true);
    expect(isFoundBy('zoe bann', { prefix: 'zoe', others: ['an'] })).toBe(false);
  });
});

describe('as it is kept', () => {
  it('a phone number is E.164, where its country is known', () => {
    expect(phoneOf('+49 (0)30 901820')).toBe('+4930901820');
    expect(phoneOf('030 901820')).toBeNull();
    expect(phoneOf('call me')).toBeNull();
  });

  it('an e-mail address is in lower case, without blanks around it', () => {
    expect(emailOf(' Ann@Example.COM ')).toBe('ann@example.com');
  });
});
