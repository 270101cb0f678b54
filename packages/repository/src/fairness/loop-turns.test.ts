import { setImmediate as nextIteration } from 'node:timers/promises';
import { TenantId } from '@baton/schema';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { LoopTurns } from './loop-turns.ts';
import { TenantActivity } from './tenant-activity.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

/** A process on a clock of its own, which calls move on. */
class TestProcess {
  now = 0;
  /** The calls that have begun, in order. */
  readonly begun: TenantId[] = [];
  readonly turns = new LoopTurns(new TenantActivity(() => this.now), () => this.now);

  /** A call that takes so many milliseconds to begin, in several steps. */
  async call(tenantId: TenantId, takesMs = 0.5): Promise<void> {
    const turn = this.turns.take(tenantId);
    if (turn !== null) await turn;
    this.begun.push(tenantId);
    await Promise.resolve();
    this.now += takesMs;
    await Promise.resolve();
  }

  callOften(count: number, tenantId: TenantId, takesMs?: number): Promise<void[]> {
    return Promise.all(Array.from({ length: count }, () => this.call(tenantId, takesMs)));
  }

  countOf(tenantId: TenantId): number {
    return this.begun.filter((each) => each === tenantId).length;
  }
}

describe('calls that come together', () => {
  test('are begun for a millisecond, and then the process does its other work', async () => {
    const running = new TestProcess();
    for (const _ of [1, 2]) await running.call(acme, 0.6);
    const rest = running.callOften(4, acme, 0.6);
    expect(running.begun).toHaveLength(2);
    await nextIteration();
    expect(running.begun.length).toBeLessThanOrEqual(4);
    await rest;
    expect(running.begun).toHaveLength(6);
  });

  test('are at most sixteen at once, however quickly they begin', async () => {
    const running = new TestProcess();
    const all = running.callOften(100, acme, 0);
    expect(running.begun).toHaveLength(16);
    await all;
    expect(running.begun).toHaveLength(100);
  });

  test('all begin in the end, in the order in which they came', async () => {
    const running = new TestProcess();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await running.call(acme);
        order.push(index);
      }),
    );
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });
});

test('a call begins at once where none has come before', () => {
  expect(new TestProcess().turns.take(acme)).toBeNull();
});

test('a call of another tenant begins after one of a thousand that wait, and not behind them', async () => {
  const running = new TestProcess();
  void running.callOften(1_000, acme);
  await nextIteration();
  const before = running.begun.length;
  await running.call(shop);
  expect(running.begun.length - before).toBeLessThanOrEqual(4);
});

/** Lets so many milliseconds of other work pass, one after the other. */
async function pass(running: TestProcess, ms: number, each: () => void = () => undefined): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1) {
    each();
    running.now += 1;
    await nextIteration();
  }
}

test('tenants that wait take turns by the time that their calls take to begin', async () => {
  const running = new TestProcess();
  void running.callOften(20_000, acme, 0.2);
  void running.callOften(2_000, shop, 2);
  await nextIteration();
  const [ofAcme, ofShop] = [running.countOf(acme), running.countOf(shop)];
  await pass(running, 2_000);
  const ratio = ((running.countOf(acme) - ofAcme) * 0.2) / ((running.countOf(shop) - ofShop) * 2);
  expect(ratio).toBeGreaterThan(0.75);
  expect(ratio).toBeLessThan(1.33);
});

test('while others are active the calls of a flood leave the process most of its time', async () => {
  const running = new TestProcess();
  void running.callOften(10_000, acme);
  await pass(running, 1_000, () => void running.turns.take(shop));
  const share = (running.countOf(acme) * 0.5) / running.now;
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.2);
});

test('a call that has waited for more than five seconds is refused, not begun', async () => {
  const running = new TestProcess();
  await running.call(shop);
  const calls = Array.from({ length: 2_000 }, () => running.call(acme).then(() => 'begun', String));
  for (let begun = 0; begun < 2_000; begun = running.countOf(acme)) {
    await pass(running, 100, () => void running.turns.take(shop));
    if (running.now > 8_000) break;
  }
  await pass(running, 20_000);
  const outcomes = await Promise.all(calls);
  const refused = outcomes.filter((outcome) => outcome !== 'begun');
  expect(refused.length).toBeGreaterThan(100);
  expect(new Set(refused)).toEqual(new Set(['Refusal: Too many of your calls wait; try again later']));
  expect(outcomes.indexOf(refused[0] ?? '')).toBe(outcomes.length - refused.length);
});

test('while others are active a request is refused unread where five hundred calls of its tenant wait', async () => {
  const running = new TestProcess();
  const calls = running.callOften(1_000, acme).catch(() => undefined);
  expect(() => running.turns.requireRoom(acme)).not.toThrow();
  await running.call(shop);
  expect(() => running.turns.requireRoom(acme)).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterMs: 1_000 } }),
  );
  expect(() => running.turns.requireRoom(shop)).not.toThrow();
  await pass(running, 8_000);
  await calls;
  expect(() => running.turns.requireRoom(acme)).not.toThrow();
});

test('a flood alone may have all of it', async () => {
  const running = new TestProcess();
  await running.callOften(10_000, acme);
  expect(running.now).toBe(5_000);
});

test('a tenant that owes little does not wait for one that owes much', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const running = new TestProcess();
  const passTogether = async (ms: number) => {
    running.now += ms;
    await vi.advanceTimersByTimeAsync(ms);
    for (const _ of [1, 2, 3]) await nextIteration();
  };
  // Only what has waited is charged.
  await running.callOften(16, shop, 0);
  await Promise.all([running.call(acme, 1_000), running.call(shop, 10)]);
  running.begun.length = 0;
  const owesMuch = running.call(acme);
  await passTogether(0);
  const owesLittle = running.call(shop);
  await passTogether(0);
  // A share of 12 % pays for 5 ms within 42 ms, for 250 ms within 2,083.
  await passTogether(42);
  expect(running.begun).toEqual([shop]);
  await passTogether(2_084);
  expect(running.begun).toEqual([shop, acme]);
  await Promise.all([owesMuch, owesLittle]);
});
