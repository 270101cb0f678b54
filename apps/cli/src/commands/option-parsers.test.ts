import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseAgentId, parseConversationId, parseCount, parseInstant } from './option-parsers.ts';

test('a day stands for its beginning in UTC', () => {
  expect(parseInstant('2026-03-01')).toBe('2026-03-01T00:00:00.000Z');
  expect(parseInstant('2026-03-01T08:30:00.000Z')).toBe('2026-03-01T08:30:00.000Z');
});

test.each(['2026-02-30', 'yesterday', '2026-03-01T08:30Z'])('%s is no instant', (word) => {
  expect(() => parseInstant(word)).toThrow(InvalidArgumentError);
});

test('ids are checked before anything is asked', () => {
  expect(parseAgentId('closer')).toBe('closer');
  expect(() => parseAgentId('The Closer')).toThrow(/slug/);
  expect(() => parseConversationId('12')).toThrow(/24/);
});

test.each(['0', '11', '1.5', 'x', '-1'])('%s is no count of 1 to 10', (word) => {
  expect(() => parseCount(10)(word)).toThrow(/1 to 10/);
});

test('a count is a number', () => {
  expect(parseCount(10)('10')).toBe(10);
});
