import { setImmediate as nextIteration } from 'node:timers/promises';
import { TenantId } from '@baton/schema';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { TenantActivity } from '../fairness/tenant-activity.ts';
import { Delivery } from './delivery.ts';
import { FeedLog } from './feed-log.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

/** A log with readers that count what they get. */
function crowd(delivery: Delivery, tenantId: TenantId, size: number): { log: FeedLog; seen: number[] } {
  const log = new FeedLog();
  const seen = Array.from({ length: size }, () => 0);
  for (const index of seen.keys()) {
    const reader = log.attach(
      () => delivery.add(tenantId, log),
      () => undefined,
    );
    const read = async () => {
      while ((await reader.next()) !== null) seen[index] = (seen[index] ?? 0) + 1;
    };
    // One that is too slow is cut off.
    void read().catch(() => undefined);
  }
  return { log, seen };
}

function tell(delivery: Delivery, tenantId: TenantId, { log }: { log: FeedLog }): void {
  log.append({ kind: 'gap' });
  delivery.add(tenantId, log);
}

const total = (seen: readonly number[]) => seen.reduce((sum, each) => sum + each, 0);

async function settled(): Promise<void> {
  for (let tick = 0; tick < 100; tick += 1) await Promise.resolve();
}

describe('a signal with two thousand readers', () => {
  test('is given to a few of them before other work of the process has its turn', async () => {
    const delivery = new Delivery(new TenantActivity());
    const readers = crowd(delivery, acme, 2_000);
    await settled();
    tell(delivery, acme, readers);
    await settled();
    expect(total(readers.seen)).toBe(16);
    await nextIteration();
    await settled();
    expect(total(readers.seen)).toBeLessThanOrEqual(48);
    for (let iteration = 0; iteration < 200; iteration += 1) await nextIteration();
    expect(readers.seen.every((count) => count === 1)).toBe(true);
  });

  test("is not given to all of them before another tenant's reader has its own", async () => {
    const delivery = new Delivery(new TenantActivity());
    const flood = crowd(delivery, acme, 2_000);
    const quiet = crowd(delivery, shop, 1);
    await settled();
    tell(delivery, acme, flood);
    await settled();
    tell(delivery, shop, quiet);
    await nextIteration();
    await settled();
    expect(quiet.seen).toEqual([1]);
    expect(total(flood.seen)).toBeLessThanOrEqual(48);
  });
});

test('of two conversations of a tenant neither waits for all readers of the other', async () => {
  const delivery = new Delivery(new TenantActivity());
  const popular = crowd(delivery, acme, 2_000);
  const other = crowd(delivery, acme, 1);
  await settled();
  tell(delivery, acme, popular);
  tell(delivery, acme, other);
  await nextIteration();
  await settled();
  expect(other.seen).toEqual([1]);
});

test('a lone reader has a signal within the same turn of the process', async () => {
  const delivery = new Delivery(new TenantActivity());
  const alone = crowd(delivery, acme, 1);
  await settled();
  tell(delivery, acme, alone);
  await settled();
  expect(alone.seen).toEqual([1]);
});

test('readers that are far behind get everything in the end', async () => {
  const delivery = new Delivery(new TenantActivity());
  const readers = crowd(delivery, acme, 50);
  await settled();
  for (let signal = 0; signal < 100; signal += 1) tell(delivery, acme, readers);
  for (let iteration = 0; iteration < 500; iteration += 1) await nextIteration();
  expect(readers.seen.every((count) => count === 100)).toBe(true);
});

test('while others are active the readers of one tenant leave the process most of its time', async () => {
  const activity = new TenantActivity();
  const delivery = new Delivery(activity);
  const flood = crowd(delivery, acme, 500);
  await settled();
  const from = performance.now();
  let busyMs = 0;
  while (performance.now() - from < 300) {
    activity.touch(shop);
    const before = total(flood.seen);
    const at = performance.now();
    tell(delivery, acme, flood);
    await nextIteration();
    if (total(flood.seen) > before) busyMs += performance.now() - at;
  }
  // A tenth is its share; what it may use at once after a rest, and the clock of a busy machine, come on top.
  expect(busyMs / (performance.now() - from)).toBeLessThan(0.6);
  expect(total(flood.seen)).toBeGreaterThan(0);
});

test('a tenant that owes little does not wait for one that owes much', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const delivery = new Delivery(new TenantActivity());
  const seen: TenantId[] = [];
  const readerOf = (tenantId: TenantId, tookMs: number) => {
    const log = new FeedLog();
    const reader = log.attach(
      () => delivery.add(tenantId, log),
      () => undefined,
    );
    const read = async () => {
      while ((await reader.next()) !== null) {
        seen.push(tenantId);
        vi.advanceTimersByTime(tookMs);
      }
    };
    void read();
    return { log };
  };
  const slow = readerOf(acme, 1_000);
  const quick = readerOf(shop, 8);
  const tellBoth = async () => {
    for (const [tenantId, readers] of [[acme, slow] as const, [shop, quick] as const]) {
      tell(delivery, tenantId, readers);
      for (const _ of [1, 2]) await nextIteration();
    }
  };
  await tellBoth();
  seen.length = 0;
  await tellBoth();
  expect(seen).toEqual([]);
  // A share of 6 % pays for 3 ms within 50 ms, for 250 ms within 4,167.
  await vi.advanceTimersByTimeAsync(50);
  expect(seen).toEqual([shop]);
  await vi.advanceTimersByTimeAsync(4_117);
  expect(seen).toEqual([shop, acme]);
});
