import { TenantId } from '@baton/schema';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { GroupedReads } from './grouped-reads.ts';

const ACME = TenantId.parse('acme');
const GLOBEX = TenantId.parse('globex');

type Group = {
  tenantId: TenantId;
  keys: readonly string[];
  answer: () => void;
  fail: (error: Error) => void;
};

/** Reads that end when the test says so. What a key stands for is its own name, but for `nothing`. */
function openReads() {
  const groups: Group[] = [];
  const reads = new GroupedReads<string, string>((tenantId, keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, string>>();
    const found = new Map(keys.filter((key) => key !== 'nothing').map((key) => [key, `found ${key}`]));
    groups.push({ tenantId, keys, answer: () => resolve(found), fail: reject });
    return promise;
  });
  return { reads, groups, keys: () => groups.map((group) => group.keys) };
}

/** Lets everything happen that waits for no read. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => void vi.useRealTimers());

describe('grouped reads', () => {
  test('let one caller begin at once', async () => {
    const { reads, keys } = openReads();
    void reads.ask(ACME, 'a');
    await Promise.resolve();
    expect(keys()).toEqual([['a']]);
  });

  test('take those together who ask together, each key once', async () => {
    const { reads, groups, keys } = openReads();
    const asked = ['a', 'b', 'a', 'nothing'].map((key) => reads.ask(ACME, key));
    await settle();
    expect(keys()).toEqual([['a', 'b', 'nothing']]);
    groups[0]?.answer();
    expect(await Promise.all(asked)).toEqual(['found a', 'found b', 'found a', null]);
  });

  test('are two at once, and those who ask meanwhile share the next', async () => {
    const { reads, groups, keys } = openReads();
    for (const key of ['a', 'b', 'c', 'd', 'c']) {
      void reads.ask(ACME, key);
      await settle();
    }
    expect(keys()).toEqual([['a'], ['b']]);
    groups[1]?.answer();
    await settle();
    expect(keys()).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  test('of a key that is being read already are read again', async () => {
    const { reads, keys } = openReads();
    void reads.ask(ACME, 'a');
    await settle();
    void reads.ask(ACME, 'a');
    await settle();
    expect(keys()).toEqual([['a'], ['a']]);
  });

  test('take 32 keys at most', async () => {
    const { reads, keys } = openReads();
    for (let key = 0; key < 50; key += 1) void reads.ask(ACME, String(key));
    await settle();
    expect(keys().map(({ length }) => length)).toEqual([32, 18]);
  });

  test('of one tenant wait for no other', async () => {
    const { reads, groups } = openReads();
    for (const key of ['a', 'b', 'c']) {
      void reads.ask(ACME, key);
      await settle();
    }
    void reads.ask(GLOBEX, 'c');
    await settle();
    expect(groups.map(({ tenantId }) => tenantId)).toEqual([ACME, ACME, GLOBEX]);
  });

  test('that fail do so for those who share them, and for nobody else', async () => {
    const { reads, groups } = openReads();
    const [a, b] = [reads.ask(ACME, 'a'), reads.ask(ACME, 'b')];
    await settle();
    const c = reads.ask(ACME, 'c');
    await settle();
    groups[0]?.fail(new Error('no connection'));
    groups[1]?.answer();
    await expect(a).rejects.toThrow('no connection');
    await expect(b).rejects.toThrow('no connection');
    expect(await c).toBe('found c');
  });

  test('that hang keep others waiting for a tenth of a second at most', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { reads, groups, keys } = openReads();
    for (const key of ['a', 'b', 'c']) {
      void reads.ask(ACME, key);
      await settle();
    }
    vi.advanceTimersByTime(99);
    await settle();
    expect(keys()).toEqual([['a'], ['b']]);
    vi.advanceTimersByTime(1);
    await settle();
    expect(keys()).toEqual([['a'], ['b'], ['c']]);
    // What ends after all frees no place twice.
    for (const group of groups) group.answer();
    for (const key of ['d', 'e', 'f']) {
      await settle();
      void reads.ask(ACME, key);
    }
    await settle();
    expect(keys().slice(3)).toEqual([['d'], ['e']]);
  });

  test('refuse a tenant whose callers fill the places to wait, and no other', async () => {
    const { reads, groups } = openReads();
    const first = ['a', 'b'].map(async (key) => reads.ask(ACME, key));
    await settle();
    const waiting = Array.from({ length: 9_000 }, (_, key) => reads.ask(ACME, `${key % 40}`));
    await expect(reads.ask(ACME, 'one more')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterMs: 1_000 },
    });
    const other = reads.ask(GLOBEX, 'a');
    while (groups.length > 0) {
      groups.shift()?.answer();
      await settle();
    }
    expect(await other).toBe('found a');
    expect(await Promise.all([...first, ...waiting])).not.toContain(null);
    const again = reads.ask(ACME, 'one more');
    await settle();
    groups[0]?.answer();
    expect(await again).toBe('found one more');
  });

  test('find whatever was written before they were asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), isWrite: fc.boolean() }), {
          maxLength: 40,
        }),
        async (scheduler, steps) => {
          const stored = new Map<string, number>();
          const reads = new GroupedReads<string, number>((_, keys) =>
            scheduler.schedule(Promise.resolve()).then(() => {
              const found = keys.map((key) => [key, stored.get(key) ?? 0] as const);
              return scheduler.schedule(Promise.resolve(new Map(found)));
            }),
          );
          const asked = steps.map(async ({ key, isWrite }) => {
            await scheduler.schedule(Promise.resolve());
            if (isWrite) stored.set(key, (stored.get(key) ?? 0) + 1);
            const written = stored.get(key) ?? 0;
            expect(await reads.ask(ACME, key)).toBeGreaterThanOrEqual(written);
          });
          await scheduler.waitFor(Promise.all(asked));
        },
      ),
      { numRuns: 200 },
    );
  });
});
