import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { agentId, conversationId, countOption, instantOption } from './option.ts';

test('a day stands for its beginning in UTC', () => {
  expect(instantOption('2026-03-01')).toBe('2026-03-01T00:00:00.000Z');
  expect(instantOption('2026-03-01T08:30:00.000Z')).toBe('2026-03-01T08:30:00.000Z');
});

test.each(['2026-02-30', 'yesterday', '2026-03-01T08:30Z'])('%s is no instant', (word) => {
  expect(() => instantOption(word)).toThrow(InvalidArgumentError);
});

test('ids are checked before anything is asked', () => {
  expect(agentId('closer')).toBe('closer');
  expect(() => agentId('The Closer')).toThrow(/slug/);
  expect(() => conversationId('12')).toThrow(/24/);
});

test.each(['0', '11', '1.5', 'x', '-1'])('%s is no count of 1 to 10', (word) => {
  expect(() => countOption(10)(word)).toThrow(/1 to 10/);
});

test('a count is a number', () => {
  expect(countOption(10)('10')).toBe(10);
});
