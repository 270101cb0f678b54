import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import {
  formatRelativeTime,
  truncate,
  formatCost,
  formatDollars,
  formatDuration,
  formatInstant,
  formatPercent,
  coloredStage,
  coloredStatus,
} from './format.ts';

const NOW = Date.parse('2026-03-10T12:00:00.000Z');

test.each([
  [0, '0 s'],
  [250, '250 ms'],
  [1_000, '1 s'],
  [65_000, '1 min 5 s'],
  [3_600_000, '1 h'],
  [93_600_000, '1 d 2 h'],
])('%d ms are %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test.each([
  ['2026-03-10T12:00:00.000Z', 'now'],
  ['2026-03-10T11:55:30.000Z', '4 min ago'],
  ['2026-03-10T14:30:00.000Z', 'in 2 h'],
  ['2026-03-01T11:00:00.000Z', '9 d ago'],
])('%s is %s', (at, words) => {
  expect(formatRelativeTime(at, NOW)).toBe(words);
});

test('money is shown without needless cents, small costs with all they have', () => {
  expect(formatDollars(125_000)).toBe('$1,250');
  expect(formatDollars(1_250)).toBe('$12.50');
  expect(formatCost(3_120)).toBe('$0.0031');
  expect(formatCost(12_345_678)).toBe('$12.35');
  expect(formatPercent(0.456)).toBe('46 %');
  expect(formatPercent(null)).toBe('–');
});

test('an instant is shown to the minute', () => {
  expect(formatInstant('2026-03-10T12:34:56.789Z')).toBe('2026-03-10 12:34');
});

test('a long text is cut on one line, never within a character', () => {
  expect(truncate('one\n  two', 20)).toBe('one two');
  expect(truncate('abcdef', 4)).toBe('abc…');
  expect(truncate('ab😀cd', 4).isWellFormed()).toBe(true);
});

test('only stages and statuses that matter are coloured', () => {
  const colors = createColors(true);
  expect(coloredStage('closed_won', colors)).toBe(colors.green('closed_won'));
  expect(coloredStage('closed_lost', colors)).toBe(colors.red('closed_lost'));
  expect(coloredStage('closing', colors)).toBe(colors.cyan('closing'));
  expect(coloredStage('lead', colors)).toBe('lead');
  expect(coloredStatus('active', colors)).toBe(colors.green('active'));
  expect(coloredStatus('abandoned', colors)).toBe(colors.red('abandoned'));
  expect(coloredStatus('paused', colors)).toBe(colors.dim('paused'));
});
