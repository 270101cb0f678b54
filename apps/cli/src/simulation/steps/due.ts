import { type Timestamp, timestamp } from '@baton/schema';
import type { SeededRandom } from '../seeded-random.ts';
import { DAY_MS } from '../durations.ts';
import type { CommandInputs } from '../script.ts';

/** When something is due: after the command, relative to the run's now, or at a wall clock's time on a later day. */
export type Due =
  | { afterMs: number }
  /** One of several, at random. */
  | { fromNowMs: readonly [number, ...number[]] }
  | { localTime: string; inDays: number }
  | { localTime: string; betweenDays: readonly [from: number, to: number] };

export type PickedDue = { afterMs: number } | { fromNowMs: number } | { localTime: string; inDays: number };

export function pickDue(due: Due, random: SeededRandom): PickedDue {
  if ('betweenDays' in due) return { localTime: due.localTime, inDays: random.integer(...due.betweenDays) };
  if (!('fromNowMs' in due)) return due;
  const { fromNowMs } = due;
  return { fromNowMs: random.pick(fromNowMs) };
}

export function dueAt(due: PickedDue, { at, nowMs }: Pick<CommandInputs, 'at' | 'nowMs'>): Timestamp {
  if ('afterMs' in due) return timestamp(Date.parse(at) + due.afterMs);
  if ('fromNowMs' in due) return timestamp(nowMs + due.fromNowMs);
  const day = timestamp(nowMs + due.inDays * DAY_MS).slice(0, 10);
  return timestamp(Date.parse(`${day}T${due.localTime}:00.000Z`));
}
