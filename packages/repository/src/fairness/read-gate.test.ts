import { TenantId } from '@baton/schema';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReadGate, type ReadLane } from './read-gate.ts';
import { TenantActivity } from './tenant-activity.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

let now = 0;

/** A gate before ten connections, whose reads end when the test says so. */
class Gate {
  readonly activity = new TenantActivity(() => now);
  readonly #gate = new ReadGate(10, this.activity, () => now);
  readonly #ends: { tenantId: TenantId; lane: ReadLane; end: PromiseWithResolvers<string> }[] = [];
  readonly results: Promise<string>[] = [];

  ask(tenantId: TenantId, lane: ReadLane = 'quick'): Promise<string> {
    const result = this.#gate.run(tenantId, lane, () => {
      const end = Promise.withResolvers<string>();
      this.#ends.push({ tenantId, lane, end });
      return end.promise;
    });
    this.results.push(result);
    result.catch(() => undefined);
    return result;
  }

  askOften(count: number, tenantId: TenantId, lane: ReadLane = 'quick'): void {
    for (let index = 0; index < count; index += 1) void this.ask(tenantId, lane).catch(() => undefined);
  }

  /** How many reads are in flight. */
  inFlight(tenantId: TenantId, lane: ReadLane = 'quick'): number {
    return this.#ends.filter((read) => read.tenantId === tenantId && read.lane === lane).length;
  }

  /** Ends the oldest read in flight. */
  async end(tenantId: TenantId, lane: ReadLane = 'quick', error?: Error): Promise<void> {
    const index = this.#ends.findIndex((read) => read.tenantId === tenantId && read.lane === lane);
    const [read] = this.#ends.splice(index, 1);
    if (error === undefined) read?.end.resolve('done');
    else read?.end.reject(error);
    for (let tick = 0; tick < 5; tick += 1) await Promise.resolve();
  }
}

beforeEach(() => {
  now = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('one tenant alone', () => {
  test('has all connections but a tenth, and the next read begins when one ends', async () => {
    const gate = new Gate();
    gate.askOften(12, acme);
    expect(gate.inFlight(acme)).toBe(9);
    await gate.end(acme);
    expect(gate.inFlight(acme)).toBe(9);
    for (let index = 0; index < 11; index += 1) await gate.end(acme);
    expect(await Promise.all(gate.results)).toEqual(gate.results.map(() => 'done'));
  });

  test('has eight slow reads at once', () => {
    const gate = new Gate();
    gate.askOften(50, acme, 'slow');
    expect(gate.inFlight(acme, 'slow')).toBe(8);
  });

  test('a read begins at once, within the call', () => {
    const gate = new Gate();
    void gate.ask(acme);
    expect(gate.inFlight(acme)).toBe(1);
  });

  test('a read that fails is told to its caller alone, and frees its place', async () => {
    const gate = new Gate();
    gate.askOften(9, acme);
    const [first] = gate.results;
    const waiting = gate.ask(acme);
    await gate.end(acme, 'quick', new Error('no'));
    await expect(first).rejects.toThrow('no');
    expect(gate.inFlight(acme)).toBe(9);
    for (let index = 0; index < 9; index += 1) await gate.end(acme);
    expect(await waiting).toBe('done');
  });
});

describe('while others are active', () => {
  test('a tenant has half of the connections, and what another asks for passes by', () => {
    const gate = new Gate();
    void gate.ask(shop);
    gate.askOften(100, acme);
    expect(gate.inFlight(acme)).toBe(5);
    gate.askOften(2, shop);
    expect(gate.inFlight(shop)).toBe(3);
  });

  test('a tenant has one slow read at a time, and its own quick ones pass by', async () => {
    const gate = new Gate();
    void gate.ask(shop);
    gate.askOften(50, acme, 'slow');
    expect(gate.inFlight(acme, 'slow')).toBe(1);
    await gate.end(acme, 'slow');
    expect(gate.inFlight(acme, 'slow')).toBe(1);
    void gate.ask(acme);
    expect(gate.inFlight(acme)).toBe(1);
    void gate.ask(shop, 'slow');
    expect(gate.inFlight(shop, 'slow')).toBe(1);
  });

  test('a tenant has two reads for its feeds at a time, whatever it searches', () => {
    const gate = new Gate();
    void gate.ask(shop);
    gate.askOften(20, acme, 'slow');
    gate.askOften(20, acme, 'feed');
    expect([gate.inFlight(acme, 'slow'), gate.inFlight(acme, 'feed')]).toEqual([1, 2]);
  });

  test('the slow reads of a tenant take a quarter of the time, and the next begins by itself', async () => {
    const gate = new Gate();
    gate.askOften(100, acme, 'slow');
    let busyMs = 0;
    for (; now < 4_000; now += 10) {
      gate.activity.touch(shop);
      if (gate.inFlight(acme, 'slow') > 0) busyMs += 10;
      await vi.advanceTimersByTimeAsync(10);
      if (now % 50 === 0 && gate.inFlight(acme, 'slow') > 0) await gate.end(acme, 'slow');
    }
    expect(busyMs / now).toBeGreaterThan(0.1);
    expect(busyMs / now).toBeLessThan(0.4);
  });

  test('a tenant that owes little does not wait for one that owes much', async () => {
    const gate = new Gate();
    const pass = async (ms: number) => {
      now += ms;
      await vi.advanceTimersByTimeAsync(ms);
    };
    for (const [tenantId, tookMs] of [[acme, 2_000] as const, [shop, 40] as const]) {
      void gate.ask(tenantId, 'slow');
      now += tookMs;
      await gate.end(tenantId, 'slow');
    }
    for (const tenantId of [acme, shop]) void gate.ask(tenantId, 'slow');
    // A share of 15 % pays for 15 ms within 100 ms, for 250 ms within 1,667.
    await pass(100);
    expect([gate.inFlight(shop, 'slow'), gate.inFlight(acme, 'slow')]).toEqual([1, 0]);
    await pass(1_567);
    expect(gate.inFlight(acme, 'slow')).toBe(1);
  });

  test('a tenant that finds all connections taken has the next that is free', async () => {
    const gate = new Gate();
    gate.askOften(100, acme);
    expect(gate.inFlight(acme)).toBe(9);
    void gate.ask(shop);
    expect(gate.inFlight(shop)).toBe(0);
    await gate.end(acme);
    expect([gate.inFlight(shop), gate.inFlight(acme)]).toEqual([1, 8]);
    await gate.end(acme);
    expect(gate.inFlight(acme)).toBe(7);
  });

  test('tenants that wait take turns by the milliseconds of their reads', async () => {
    const gate = new Gate();
    const served = new Map<TenantId, number>();
    const tenants = [acme, shop];
    const crowd = Array.from({ length: 16 }, (_, index) => TenantId.parse(`tenant-${index}`));
    for (const tenantId of crowd.slice(0, 8)) void gate.ask(tenantId);
    for (const tenantId of tenants) gate.askOften(500, tenantId);
    for (let round = 0; round < 300; round += 1) {
      for (const tenantId of tenants) {
        if (gate.inFlight(tenantId) === 0) continue;
        const ms = tenantId === acme ? 90 : 30;
        now += ms;
        served.set(tenantId, (served.get(tenantId) ?? 0) + ms);
        await gate.end(tenantId);
      }
    }
    const ratio = (served.get(acme) ?? 0) / (served.get(shop) ?? 1);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });

  test('one who has been quiet for ten seconds no longer counts', async () => {
    const gate = new Gate();
    void gate.ask(shop);
    await gate.end(shop);
    gate.askOften(20, acme);
    expect(gate.inFlight(acme)).toBe(5);
    now += 10_001;
    await gate.end(acme);
    expect(gate.inFlight(acme)).toBe(9);
  });
});

describe('a read that cannot begin', () => {
  test('is refused after five seconds, and those behind it keep their places', async () => {
    const gate = new Gate();
    gate.askOften(9, acme);
    const early = gate.ask(acme);
    now += 3_000;
    await vi.advanceTimersByTimeAsync(3_000);
    const late = gate.ask(acme);
    now += 2_000;
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(early).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } });
    await gate.end(acme);
    expect(gate.inFlight(acme)).toBe(9);
    for (let index = 0; index < 9; index += 1) await gate.end(acme);
    expect(await late).toBe('done');
  });

  test('is refused at once where too many of its tenant wait, and only there', async () => {
    const gate = new Gate();
    gate.askOften(9_500, acme);
    await expect(gate.ask(acme)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterMs: 1_000 },
    });
    const other = gate.ask(shop);
    await gate.end(acme);
    await gate.end(shop);
    expect(await other).toBe('done');
  });
});
