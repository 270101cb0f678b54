import type { MongoClient } from 'mongodb';
import type { Clock } from './clock.ts';

/** MongoDB's clock is looked at again once the last look is older. */
const LOOK_EVERY_MS = 5_000;
/** A look that is older must be taken anew before a command is decided by it. */
const LONGEST_WITHOUT_LOOK_MS = 60_000;
/** How far two machines' clocks run apart at most, of the time that passes. */
const DRIFT = 0.000_2;
/** Clocks tick in whole milliseconds. */
const TICK_MS = 1;
/** The process's two clocks differ by this much more than at the last look: it slept, or one was set. */
const SUSPICIOUS_MS = 1_000;

/** The process's own clocks. */
export type ProcessClock = {
  /** Milliseconds since 1970, which people may set. */
  wall(): number;
  /** Milliseconds since whenever, which nobody sets. */
  elapsed(): number;
};

const PROCESS: ProcessClock = { wall: () => Date.now(), elapsed: () => performance.now() };

/** What MongoDB's clock may have been ahead of the process's elapsed time when it was looked at. */
type Look = { takenAt: number; least: number; most: number };

/**
 * MongoDB's clock as far as a process can know it without asking each time. It asks every 5 s while it is used and
 * counts on by the process's elapsed time in between; the process's own clock is taken where it agrees. It is off
 * by half a round trip and a millisecond, and by 0.2 ms more for each second since the last look.
 */
export class MongodbClock implements Clock {
  readonly #ask: () => Promise<number>;
  readonly #process: ProcessClock;
  #best: Look | null = null;
  #lastLookAt = Number.NEGATIVE_INFINITY;
  #gapAtLook = 0;
  #looking: Promise<void> | null = null;

  /** @param ask gives MongoDB's time, milliseconds since 1970 */
  constructor(ask: () => Promise<number>, process: ProcessClock = PROCESS) {
    this.#ask = ask;
    this.#process = process;
  }

  /** The clock of the primary, or of mongos. */
  static of(client: MongoClient, process?: ProcessClock): MongodbClock {
    return new MongodbClock(async () => {
      const { localTime } = await client.db('admin').command({ hello: 1 });
      return Number(localTime);
    }, process);
  }

  now(): number {
    const elapsed = this.#process.elapsed();
    const wall = this.#process.wall();
    // One that fails is taken again with the next call.
    if (elapsed - this.#lastLookAt > LOOK_EVERY_MS) void this.#look().catch(() => undefined);
    if (this.#best === null) return wall;
    const { least, most } = boundsAt(this.#best, elapsed);
    if (elapsed + least <= wall && wall <= elapsed + most) return wall;
    return Math.floor(elapsed + (least + most) / 2);
  }

  /** @throws MongoError where MongoDB cannot be asked */
  async ready(): Promise<void> {
    const elapsed = this.#process.elapsed();
    const gap = this.#process.wall() - elapsed;
    const isOld = elapsed - this.#lastLookAt > LONGEST_WITHOUT_LOOK_MS;
    if (isOld || Math.abs(gap - this.#gapAtLook) > SUSPICIOUS_MS) await this.#look();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#takeLook().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #takeLook(): Promise<void> {
    const asked = this.#process.elapsed();
    const time = await this.#ask();
    const answered = this.#process.elapsed();
    const look = { takenAt: answered, least: time - answered, most: time + TICK_MS - asked };
    this.#lastLookAt = answered;
    this.#gapAtLook = this.#process.wall() - answered;
    const best = this.#best && boundsAt(this.#best, answered);
    // Looks that contradict each other: MongoDB's clock was set, or another member is primary.
    const agrees = best !== null && best.least <= look.most && look.least <= best.most;
    if (!agrees || look.most - look.least <= best.most - best.least) this.#best = look;
  }
}

/** What a look still says after a while: the clocks may have run apart. */
function boundsAt({ takenAt, least, most }: Look, elapsed: number): { least: number; most: number } {
  const drift = (elapsed - takenAt) * DRIFT;
  return { least: least - drift, most: most + drift };
}
