import { truncateText } from '@baton/domain';
import type { Actor, ConversationStatus, SalesStage } from '@baton/schema';
import type { Colors } from './terminal.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A duration in its two largest units: `2 d 4 h`, `3 min 5 s`, `0 s`. */
export function formatDuration(ms: number): string {
  const units = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['min', MINUTE_MS],
    ['s', SECOND_MS],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  if (first === -1) return ms > 0 ? `${Math.round(ms)} ms` : '0 s';
  let rest = ms;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole === 0 ? '' : `${whole} ${name}`;
  });
  return parts.filter(Boolean).join(' ');
}

/** A duration in its largest unit: `2 d`. */
export function formatLargestUnit(ms: number): string {
  const [size = ''] = formatDuration(ms).split(/(?<=[a-z]) /);
  return size;
}

/** How long ago an instant was, or how far ahead it is. */
export function formatRelativeTime(at: string, nowMs: number): string {
  const ms = nowMs - Date.parse(at);
  if (Math.abs(ms) < SECOND_MS) return 'now';
  const size = formatLargestUnit(Math.abs(ms));
  return ms < 0 ? `in ${size}` : `${size} ago`;
}

/** To the minute, in UTC. */
export function formatInstant(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

/** Whole cents as dollars: `$1,250` or `$12.50`. */
export function formatDollars(cents: number): string {
  const digits = cents % 100 === 0 ? 0 : 2;
  return (cents / 100).toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** @param micros millionths of a dollar */
export function formatCost(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(micros < 1_000_000 ? 4 : 2)}`;
}

/** @param share 0 to 1 */
export function formatPercent(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}

export function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** A number of things: `1 step`, `1,017 conversations`. */
export function formatCount(value: number, thing: string, things = `${thing}s`): string {
  return `${formatNumber(value)} ${value === 1 ? thing : things}`;
}

/** The text on one line, cut to a number of characters. */
export function truncate(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${truncateText(line, length - 1)}…`;
}

export function actorName({ kind, agentId }: Actor): string {
  return agentId ?? kind;
}

export function coloredStage(stage: SalesStage, colors: Colors): string {
  if (stage === 'closed_won') return colors.green(stage);
  if (stage === 'closed_lost') return colors.red(stage);
  return stage === 'closing' || stage === 'qualified' ? colors.cyan(stage) : stage;
}

export function coloredStatus(status: ConversationStatus, colors: Colors): string {
  if (status === 'active') return colors.green(status);
  return status === 'abandoned' ? colors.red(status) : colors.dim(status);
}
