import { describe, expect, test } from 'vitest';
import { SecretLookups, type SecretLookupOptions } from './secret-lookups.ts';

const WAIT_MS = 10_000;
const HERE = '192.0.2.1';
const THERE = '192.0.2.2';

/** Looks of which each ends when it is told to; what is known are names in capitals. */
function lookups(options: SecretLookupOptions = {}) {
  let now = 1_000;
  const batches: (readonly string[])[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const look = (asked: readonly string[]) => {
    batches.push(asked);
    return new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
      const known = asked.filter((secret) => /^[A-Z]/.test(secret));
      ends.push((error) =>
        error === undefined ? resolve(new Map(known.map((name) => [name, `${name}!`]))) : reject(error),
      );
    });
  };
  const secrets = new SecretLookups(look, { inFlight: 1, batchSize: 1, ...options, now: () => now });
  return {
    batches,
    find: (secret: string, from = HERE) => secrets.find(secret, from, WAIT_MS),
    /** Ends the look that runs, and waits for the next to begin where one waits. */
    finish: async (error?: Error) => {
      ends.shift()?.(error);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    },
    pass: (ms: number) => (now += ms),
  };
}

describe('secrets that are looked up', () => {
  test('wait while as many looks as may are on their way, and then go together', async () => {
    const { batches, find, finish } = lookups({ batchSize: 3 });
    const all = ['Ana', 'b', 'Cem', 'Cem', 'd', 'e'].map((secret) => find(secret));
    expect(batches).toEqual([['Ana']]);
    await finish();
    expect(batches).toEqual([['Ana'], ['b', 'Cem']]);
    await finish();
    await finish();
    expect(batches.at(-1)).toEqual(['d', 'e']);
    expect(await Promise.all(all)).toEqual(['Ana!', null, 'Cem!', 'Cem!', null, null]);
  });

  test('fail with their look, and those after them are looked up', async () => {
    const { find, finish } = lookups();
    const both = [find('Ana'), find('Ben')];
    const settled = Promise.allSettled(both);
    await finish(new Error('Lost'));
    await finish();
    expect(await settled).toMatchObject([{ reason: new Error('Lost') }, { value: 'Ben!' }]);
  });

  test('take turns by the address that they come from', async () => {
    const { batches, find, finish } = lookups({ batchSize: 2 });
    const all = ['a', 'b', 'c', 'd', 'e'].map((secret) => find(secret));
    all.push(find('Ana', THERE), find('Ben', THERE));
    for (let look = 0; look < 4; look += 1) await finish();
    expect(batches).toEqual([['a'], ['b', 'Ana'], ['c', 'Ben'], ['d', 'e']]);
    expect((await Promise.all(all)).slice(-2)).toEqual(['Ana!', 'Ben!']);
  });

  test('come last from an address of which 20 were unknown, for a minute', async () => {
    const { batches, find, finish, pass } = lookups({ batchSize: 2 });
    const strange = Array.from({ length: 25 }, (_, number) => find(`x${number}`));
    while (batches.flat().length < 21) await finish();
    const good = ['Ana', 'Ben', 'Cem'].map((secret) => find(secret, THERE));
    await finish();
    await finish();
    expect(batches.slice(-2)).toEqual([
      ['Ana', 'Ben'],
      ['Cem', 'x21'],
    ]);
    for (let look = 0; look < 4; look += 1) await finish();
    expect(await Promise.all(good)).toEqual(['Ana!', 'Ben!', 'Cem!']);
    expect(new Set(await Promise.all(strange))).toEqual(new Set([null]));
    pass(60_001);
    const again = [find('Dora', THERE), find('y'), find('Eve', THERE)];
    await finish();
    expect(batches.at(-1)).toEqual(['y', 'Eve']);
    await finish();
    expect(await Promise.all(again)).toEqual(['Dora!', null, 'Eve!']);
  });

  test('are refused where too many wait, of the address with the most', async () => {
    const { find, finish } = lookups({ waiting: 3, waitingOfAnAddress: 3, batchSize: 10 });
    const refused = { code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } };
    const first = find('Ana');
    const waiting = [find('Ben'), find('Cem'), find('Dora')];
    await expect(find('Eve')).rejects.toMatchObject(refused);
    const dropped = expect(waiting[0]).rejects.toMatchObject(refused);
    const other = find('Fay', THERE);
    await dropped;
    const last = find('Gus', THERE);
    await expect(last).rejects.toMatchObject(refused);
    await finish();
    await finish();
    expect(await Promise.all([first, waiting[1], waiting[2], other])).toEqual([
      'Ana!',
      'Cem!',
      'Dora!',
      'Fay!',
    ]);
    const ofOne = lookups({ waitingOfAnAddress: 0 });
    await expect(ofOne.find('Ana')).rejects.toMatchObject(refused);
  });

  test('are refused once they have waited too long, without a look', async () => {
    const { batches, find, finish, pass } = lookups();
    const first = find('Ana');
    const late = expect(find('Ben')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    pass(WAIT_MS);
    const inTime = find('Cem');
    await finish();
    await late;
    expect(batches).toEqual([['Ana'], ['Cem']]);
    await finish();
    expect(await Promise.all([first, inTime])).toEqual(['Ana!', 'Cem!']);
  });

  test('and are unknown are not looked up again for 5 s, by those who wait for their turn either', async () => {
    const { batches, find, finish, pass } = lookups();
    const both = [find('a'), find('a')];
    await finish();
    expect(await Promise.all(both)).toEqual([null, null]);
    pass(4_999);
    expect(await find('a')).toBeNull();
    expect(batches).toHaveLength(1);
    pass(2);
    const again = find('a');
    expect(batches).toHaveLength(2);
    await finish();
    expect(await again).toBeNull();
  });
});
