import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import {
  ago,
  clipped,
  costOf,
  dollars,
  duration,
  instant,
  percent,
  shown,
  stageInColour,
  statusInColour,
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
  expect(duration(ms)).toBe(words);
});

test.each([
  ['2026-03-10T12:00:00.000Z', 'now'],
  ['2026-03-10T11:55:30.000Z', '4 min ago'],
  ['2026-03-10T14:30:00.000Z', 'in 2 h'],
  ['2026-03-01T11:00:00.000Z', '9 d ago'],
])('%s is %s', (at, words) => {
  expect(ago(at, NOW)).toBe(words);
});

test('money is shown without needless cents, small costs with all they have', () => {
  expect(dollars(125_000)).toBe('$1,250');
  expect(dollars(1_250)).toBe('$12.50');
  expect(costOf(3_120)).toBe('$0.0031');
  expect(costOf(12_345_678)).toBe('$12.35');
  expect(percent(0.456)).toBe('46 %');
  expect(percent(null)).toBe('–');
});

test('an instant is shown to the minute', () => {
  expect(instant('2026-03-10T12:34:56.789Z')).toBe('2026-03-10 12:34');
});

test('a long text is cut on one line, never within a character', () => {
  expect(clipped('one\n  two', 20)).toBe('one two');
  expect(clipped('abcdef', 4)).toBe('abc…');
  expect(clipped('ab😀cd', 4).isWellFormed()).toBe(true);
});

test('control characters of a text never reach the terminal', () => {
  expect(shown('a\u001B[2Jb\u0007\tc\n')).toBe('a[2Jb\tc\n');
});

test('only stages and statuses that matter are coloured', () => {
  const colors = createColors(true);
  expect(stageInColour('closed_won', colors)).toBe(colors.green('closed_won'));
  expect(stageInColour('closed_lost', colors)).toBe(colors.red('closed_lost'));
  expect(stageInColour('closing', colors)).toBe(colors.cyan('closing'));
  expect(stageInColour('lead', colors)).toBe('lead');
  expect(statusInColour('active', colors)).toBe(colors.green('active'));
  expect(statusInColour('abandoned', colors)).toBe(colors.red('abandoned'));
  expect(statusInColour('paused', colors)).toBe(colors.dim('paused'));
});
