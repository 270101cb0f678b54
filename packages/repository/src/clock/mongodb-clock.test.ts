import { ObjectId } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { newObjectId } from './clock.ts';
import { MongodbClock, type ProcessClock } from './mongodb-clock.ts';

const BEGIN = Date.parse('2026-03-01T12:00:00.000Z');
const HOUR_MS = 3_600_000;

/** A process and a mongod whose clocks a test sets; `travelMs` is how long a question takes, half of it each way. */
function world({ wallOffBy = 0, travelMs = 2 } = {}) {
  const state = { elapsed: 5_000, wallOffBy, mongodOffBy: 0, travelMs, looks: 0, isAway: false };
  const time = () => BEGIN + state.elapsed;
  const process: ProcessClock = { elapsed: () => state.elapsed, wall: () => time() + state.wallOffBy };
  const clock = new MongodbClock(async () => {
    state.looks += 1;
    if (state.isAway) throw new Error('Nobody answers');
    state.elapsed += state.travelMs / 2;
    const answer = Math.floor(time() + state.mongodOffBy);
    state.elapsed += state.travelMs / 2;
    return answer;
  }, process);
  return { clock, state, mongod: () => time() + state.mongodOffBy };
}

/** Lets a look that was begun in the background come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the clock', () => {
  test.each([HOUR_MS, -HOUR_MS, 400, -400])(
    'is that of MongoDB in a process whose own is off by %d ms',
    async (wallOffBy) => {
      const { clock, state, mongod } = world({ wallOffBy });
      await clock.ready();
      for (const passed of [0, 1, 999, 4_000]) {
        state.elapsed += passed;
        expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(3);
      }
      expect(state.looks).toBe(1);
    },
  );

  test('is that of the process where MongoDB may have the same', async () => {
    const { clock, state, mongod } = world({ travelMs: 40 });
    await clock.ready();
    state.elapsed += 3_000.25;
    expect(clock.now()).toBe(mongod());
  });

  test('keeps to the look that took least time', async () => {
    const { clock, state, mongod } = world({ wallOffBy: HOUR_MS });
    await clock.ready();
    state.travelMs = 900;
    state.elapsed += 6_000;
    clock.now();
    await settled();
    expect(state.looks).toBe(2);
    expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(4);
  });

  test('is looked at again while it is used, and not while it is not', async () => {
    const { clock, state } = world();
    await clock.ready();
    for (let second = 0; second < 30; second += 1) {
      state.elapsed += 1_000;
      clock.now();
      clock.now();
      await settled();
    }
    expect(state.looks).toBe(6);
    state.elapsed += HOUR_MS;
    await settled();
    expect(state.looks).toBe(6);
  });

  test('follows MongoDB where its clock was set, or another member became primary', async () => {
    const { clock, state, mongod } = world({ wallOffBy: HOUR_MS });
    await clock.ready();
    for (const mongodOffBy of [7_000, -9_000]) {
      state.mongodOffBy = mongodOffBy;
      state.elapsed += 6_000;
      clock.now();
      await settled();
      expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(3);
    }
  });

  test('is not relied on before a first look, after a sleep, or after long idleness', async () => {
    const { clock, state, mongod } = world({ wallOffBy: HOUR_MS });
    await clock.ready();
    expect(state.looks).toBe(1);
    await clock.ready();
    expect(state.looks).toBe(1);
    // A machine that sleeps stops the clock of elapsed time alone.
    state.mongodOffBy += 60_000;
    state.wallOffBy += 60_000;
    await clock.ready();
    expect(state.looks).toBe(2);
    expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(3);
    state.elapsed += 2 * HOUR_MS;
    await Promise.all([clock.ready(), clock.ready()]);
    expect(state.looks).toBe(3);
    expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(3);
  });

  test('goes on while MongoDB is away, and says so to who must rely on it', async () => {
    const { clock, state, mongod } = world({ wallOffBy: -HOUR_MS });
    state.isAway = true;
    await expect(clock.ready()).rejects.toThrow('Nobody answers');
    state.isAway = false;
    await clock.ready();
    state.isAway = true;
    state.elapsed += 30_000;
    expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(3 + 30 * 0.2);
    await settled();
    expect(Math.abs(clock.now() - mongod())).toBeLessThanOrEqual(3 + 30 * 0.2);
  });

  test('gives new ids their time', () => {
    const clock = { now: () => BEGIN + 999, ready: () => Promise.resolve() };
    const [one, other] = [newObjectId(clock), newObjectId(clock)];
    expect(one.getTimestamp().getTime()).toBe(BEGIN);
    expect(one.equals(other)).toBe(false);
    expect(ObjectId.isValid(one.toHexString())).toBe(true);
  });
});
