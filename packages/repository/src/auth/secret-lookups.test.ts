import { describe, expect, test, vi } from 'vitest';
import { SecretLookups } from './secret-lookups.ts';

const WAIT_MS = 10_000;

/** Lookups of which each ends when it is told what was found. */
function lookups({ inFlight = 1, waiting = 1 } = {}) {
  let now = 1_000;
  const secrets = new SecretLookups({ inFlight, waiting, now: () => now });
  const running = new Map<string, (found: string | null) => void>();
  const look = vi.fn((name: string) => new Promise<string | null>((resolve) => running.set(name, resolve)));
  return {
    look,
    find: (name: string) => secrets.find(name, WAIT_MS, () => look(name)),
    finish: (name: string, found: string | null) => {
      running.get(name)?.(found);
      running.delete(name);
    },
    pass: (ms: number) => (now += ms),
  };
}

describe('a secret that is looked up', () => {
  test('waits while as many as may are looked up', async () => {
    const { find, finish, look } = lookups();
    const [first, second] = [find('a'), find('b')];
    expect(look.mock.calls).toEqual([['a']]);
    finish('a', 'Ana');
    expect(await first).toBe('Ana');
    await vi.waitFor(() => expect(look.mock.calls).toEqual([['a'], ['b']]));
    finish('b', 'Ben');
    expect(await second).toBe('Ben');
  });

  test('is refused where too many wait, and the place of one that failed is free again', async () => {
    const { find, finish, look } = lookups();
    const first = find('a');
    const second = find('b');
    await expect(find('c')).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } });
    finish('a', null);
    expect(await first).toBeNull();
    await vi.waitFor(() => expect(look.mock.calls).toEqual([['a'], ['b']]));
    finish('b', 'Ben');
    expect(await second).toBe('Ben');
    const failed = new SecretLookups({ inFlight: 1, waiting: 0 });
    await expect(failed.find('a', WAIT_MS, () => Promise.reject(new Error('Lost')))).rejects.toThrow('Lost');
    expect(await failed.find('a', WAIT_MS, async () => 'Ana')).toBe('Ana');
  });

  test('is refused once it has waited too long, without a look', async () => {
    const { find, finish, look, pass } = lookups({ waiting: 2 });
    const first = find('a');
    const late = find('b');
    pass(WAIT_MS);
    const inTime = find('c');
    finish('a', 'Ana');
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await vi.waitFor(() => expect(look.mock.calls).toEqual([['a'], ['c']]));
    finish('c', 'Cem');
    expect([await first, await inTime]).toEqual(['Ana', 'Cem']);
  });

  test('and is unknown is not looked up again for 5 s, by those who wait for their turn either', async () => {
    const { find, finish, look, pass } = lookups();
    const both = [find('a'), find('a')];
    finish('a', null);
    expect(await Promise.all(both)).toEqual([null, null]);
    pass(4_999);
    expect(await find('a')).toBeNull();
    expect(look).toHaveBeenCalledTimes(1);
    pass(2);
    const again = find('a');
    expect(look).toHaveBeenCalledTimes(2);
    finish('a', 'Ana');
    expect(await again).toBe('Ana');
  });
});
