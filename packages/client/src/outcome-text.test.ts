import { describe, expect, test } from 'vitest';
import { revoked } from '../test/fake-worker.ts';
import { describeFailure, describeOutcome } from './outcome-text.ts';

const selfish: { name: string; self?: unknown } = { name: 'loop' };
selfish.self = selfish;
const FAMILY = '👩‍👩‍👧‍👦';
const throws = () => {
  throw selfish;
};
const endless: object = { toJSON: () => ({ next: endless }) };

describe('What a handler returned is kept as', () => {
  test.each<[string, unknown, string | undefined]>([
    ['nothing', undefined, undefined],
    ['blank text', ' \n', undefined],
    ['text', 'Called her', 'Called her'],
    ['text with an emoji over the limit', `${'a'.repeat(999)}😀bc`, 'a'.repeat(999)],
    ['text with an emoji just within it', `${'a'.repeat(998)}😀bc`, `${'a'.repeat(998)}😀`],
    ['text with a family over the limit', `${'a'.repeat(995)}${FAMILY}b`, 'a'.repeat(995)],
    ['text with an accent over the limit', `${'a'.repeat(999)}e\u0301`, 'a'.repeat(999)],
    ['one character of many accents', `e${'\u0301'.repeat(5_000)}`, `e${'\u0301'.repeat(999)}`],
    ['one character of many pairs', `e${'\u{e0101}'.repeat(5_000)}`, `e${'\u{e0101}'.repeat(499)}`],
    ['halves of pairs', 'p\udc00q\ud83d', 'p\ufffdq\ufffd'],
    ['10 MB of text', 'ab'.repeat(5_000_000), 'ab'.repeat(500)],
    [
      'an object',
      { mail: 'sent', to: [1, true, null, undefined] },
      '{"mail":"sent","to":[1,true,null,null]}',
    ],
    ['an object with what JSON leaves out', { a: undefined, b: () => 1, c: 1n }, '{"c":1}'],
    ['a long object', { a: 'b'.repeat(5_000), c: 1 }, `{"a":"${'b'.repeat(994)}`],
    ['a number', 12.5, '12.5'],
    ['no number', NaN, 'NaN'],
    ['a large number', 2n ** 70n, '1180591620717411303424'],
    ['a truth', false, 'false'],
    ['null', null, 'null'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['no date', new Date(NaN), 'Invalid Date'],
    ['dates', { at: [new Date(0)] }, '{"at":["1970-01-01T00:00:00.000Z"]}'],
    ['an error', new Error('In part'), 'In part'],
    ['a symbol', Symbol('done'), 'Symbol(done)'],
    ['a function', () => 1, '[function]'],
    ['a circle', selfish, '{"name":"loop","self":"[circular]"}'],
    ['the same twice', [FAMILY, [], []], `["${FAMILY}",[],[]]`],
    ['bytes', new Uint8Array(10_000_000), '[object Uint8Array]'],
    ['an address', new URL('https://example.com/a'), 'https://example.com/a'],
    ['an object without a prototype', Object.assign(Object.create(null), { code: 7 }), '{"code":7}'],
    [
      'an immense list',
      Object.assign([], { length: 2 ** 32 - 1 }),
      `[${'null,'.repeat(200)}`.slice(0, 1_000),
    ],
    ['what goes ever deeper', endless, '{"next":'.repeat(125)],
    [
      'what throws when it is read',
      Object.defineProperty({}, 'a', { get: throws, enumerable: true }),
      'A value that cannot be read',
    ],
    ['what cannot be looked at', revoked(), 'A value that cannot be read'],
  ])('%s', (_, value, text) => {
    expect(describeOutcome(value)).toBe(text);
  });
});

describe('What a handler threw is kept as', () => {
  test.each<[string, unknown, string | undefined]>([
    ['an error', new Error('No answer'), 'No answer'],
    ['an error with an emoji over the limit', new Error(`${'a'.repeat(999)}😀bc`), 'a'.repeat(999)],
    ['an error without words', new Error(''), undefined],
    ['an error whose words are none', Object.assign(new Error(''), { message: 7 }), '7'],
    ['an error of another realm', { name: 'Error', message: 'Busy' }, 'Busy'],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['text', 'busy', 'busy'],
    ['an object', { code: 7 }, '{"code":7}'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['an object that cannot become text', { toString: throws, valueOf: throws }, '{}'],
    ['what cannot be looked at', revoked(), 'A value that cannot be read'],
  ])('%s', (_, thrown, text) => {
    expect(describeFailure(thrown)).toBe(text);
  });
});
