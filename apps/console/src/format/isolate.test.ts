// @vitest-environment node
import { expect, test } from 'vitest';
import { contactName } from './contact-name.ts';
import { isolate } from './isolate.ts';

test.each(['Ada Byron', 'Åsa', '李雷', 'e\u0301', '👨‍👩‍👧', ''])(
  'a text of one direction stays as it is: %j',
  (text) => {
    expect(isolate(text)).toBe(text);
  },
);

test.each([
  ['a name from right to left', 'נועה', 'נועה'],
  ['one in Arabic with digits', 'ليلى 24', 'ليلى 24'],
  ['a control that turns the rest', 'Ada\u202E', 'Ada'],
  ['one that ends an isolation', 'Ada\u2069\u202Enimda\u2066', 'Adanimda'],
])('what turns a line is closed in: %s', (_, text, inside) => {
  expect(isolate(text)).toBe(`\u2068${inside}\u2069`);
});

test('a contact is named in isolation, by name or by id', () => {
  const of = { contactId: 'c\u202E1', contact: null };
  expect(contactName(of)).toBe('\u2068c1\u2069');
  expect(contactName({ ...of, contact: { id: of.contactId, name: 'נועה' } })).toBe('\u2068נועה\u2069');
});
