import type { Store } from '@baton/repository';
import type { Credential } from '@baton/router';
import { ApiKeyId, SessionId, TenantId } from '@baton/schema';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Authentication } from './authentication.ts';

const HERE = () => '192.0.2.1';
const SECRET = 's'.repeat(43);
const bearer = (name: string) => `Bearer baton_${name.padStart(43, '_')}`;
const KEY_ID = ApiKeyId.parse('a'.repeat(24));
const SESSION_ID = SessionId.parse('b'.repeat(24));
const ofKey = { tenantId: TenantId.parse('acme'), keyId: KEY_ID, role: 'app' as const, agentId: null };
const ofSession = { ...ofKey, sessionId: SESSION_ID };

/** A store of one key and one session, until they are ended. */
function credentials() {
  let isGood = true;
  const look = vi.fn(async (_key: string, _from: string) => (isGood ? ofKey : null));
  const lookForSession = vi.fn(async () => (isGood ? ofSession : null));
  const noteUse = vi.fn(() => Promise.resolve());
  const read = vi.fn(
    async (keyIds: readonly ApiKeyId[], sessionIds: readonly SessionId[], _tenantId?: TenantId) => ({
      keys: isGood && keyIds.length > 0 ? [ofKey] : [],
      sessions: isGood && sessionIds.length > 0 ? [ofSession] : [],
    }),
  );
  const store = {
    apiKeys: { authenticate: look, noteUse },
    sessions: { authenticate: lookForSession, noteUse },
    readCredentials: read,
  };
  // What an authentication asks of a store, and no more.
  const authentication = new Authentication(store as unknown as Store);
  const end = () => (isGood = false);
  return { authentication, look, lookForSession, read, end };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  // The cache takes an instant of 0 for none.
  vi.advanceTimersByTime(1);
});
afterEach(() => vi.useRealTimers());

test('however many keys one tenant has, another is not looked up again', async () => {
  const { authentication, look } = credentials();
  const other = { ...ofKey, tenantId: TenantId.parse('globex') };
  look.mockResolvedValueOnce(other);
  await authentication.credentialOfKey(bearer('other'), HERE);
  for (let key = 0; key < 6_000; key += 1) await authentication.credentialOfKey(bearer(`key-${key}`), HERE);
  const looks = look.mock.calls.length;
  expect(await authentication.credentialOfKey(bearer('other'), HERE)).toMatchObject({
    tenantId: other.tenantId,
  });
  expect(look).toHaveBeenCalledTimes(looks);
});

test('a tenant is looked up once, however many others there are', async () => {
  const { authentication, look } = credentials();
  for (let tenant = 0; tenant <= 5_000; tenant += 1) {
    look.mockResolvedValueOnce({ ...ofKey, tenantId: TenantId.parse(`tenant-${tenant}`) });
    await authentication.credentialOfKey(bearer(`key-${tenant}`), HERE);
  }
  expect(look).toHaveBeenCalledTimes(5_001);
  expect(await authentication.credentialOfKey(bearer('key-5000'), HERE)).toMatchObject({
    tenantId: 'tenant-5000',
  });
  expect(look).toHaveBeenCalledTimes(5_001);
});

describe('requests that come together', () => {
  const often = (authentication: Authentication) =>
    Promise.all(Array.from({ length: 1_000 }, () => authentication.credentialOfKey(bearer('key'), HERE)));

  test('look a key up once', async () => {
    const { authentication, look } = credentials();
    expect(new Set(await often(authentication))).toEqual(new Set([{ ...ofKey, sessionId: null }]));
    expect(look).toHaveBeenCalledTimes(1);
  });

  test('read one that is known once, as a read of its tenant, after the store did not answer for a while', async () => {
    const { authentication, read } = credentials();
    await authentication.credentialOfKey(bearer('key'), HERE);
    read.mockRejectedValue(new Error('MongoDB does not answer'));
    await vi.advanceTimersByTimeAsync(6_000);
    read.mockClear();
    await expect(often(authentication)).rejects.toThrow('does not answer');
    read.mockResolvedValue({ keys: [ofKey], sessions: [] });
    expect(await often(authentication)).toHaveLength(1_000);
    expect(read.mock.calls).toEqual([1, 2].map(() => [[KEY_ID], [], ofKey.tenantId]));
  });

  test('do not go by a look at a session that began before it was forgotten', async () => {
    const { authentication, lookForSession, end } = credentials();
    const { promise: looking, resolve: finishLooking } = Promise.withResolvers<void>();
    lookForSession.mockImplementationOnce(() => looking.then(() => ofSession));
    const before = authentication.credentialOfSession(SECRET, HERE);
    authentication.forgetSession(SECRET);
    end();
    expect(await authentication.credentialOfSession(SECRET, HERE)).toBeNull();
    finishLooking();
    expect(await before).toEqual(ofSession);
    expect(await authentication.credentialOfSession(SECRET, HERE)).toBeNull();
  });
});

describe('a credential that is known', () => {
  test('is read again once a second with all others, and looked up by its secret no more', async () => {
    const { authentication, look, lookForSession, read } = credentials();
    for (let second = 0; second < 10; second += 1) {
      expect(await authentication.credentialOfKey(bearer('key'), HERE)).toEqual({
        ...ofKey,
        sessionId: null,
      });
      expect(await authentication.credentialOfSession(SECRET, HERE)).toEqual(ofSession);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect([look.mock.calls.length, lookForSession.mock.calls.length]).toEqual([1, 1]);
    expect(read.mock.calls).toEqual(Array.from({ length: 10 }, () => [[KEY_ID], [SESSION_ID], undefined]));
  });

  test('counts no longer than 5 s where the store does not answer', async () => {
    const { authentication, read } = credentials();
    await authentication.credentialOfKey(bearer('key'), HERE);
    read.mockRejectedValue(new Error('MongoDB does not answer'));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await authentication.credentialOfKey(bearer('key'), HERE)).not.toBeNull();
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(authentication.credentialOfKey(bearer('key'), HERE)).rejects.toThrow('does not answer');
  });

  test('is no longer read once nobody has used it for a minute', async () => {
    const { authentication, read } = credentials();
    await authentication.credentialOfKey(bearer('key'), HERE);
    await vi.advanceTimersByTimeAsync(70_000);
    const reads = read.mock.calls.length;
    expect(reads).toBeLessThanOrEqual(61);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toHaveBeenCalledTimes(reads);
  });

  test('and was not used for a while is read by its id, past strangers who wait for a look', async () => {
    const { authentication, look, read, end } = credentials();
    await authentication.credentialOfKey(bearer('key'), HERE);
    await vi.advanceTimersByTimeAsync(59 * 60_000);
    read.mockClear();
    expect(await authentication.credentialOfKey(bearer('key'), HERE)).not.toBeNull();
    expect(read.mock.calls).toEqual([[[KEY_ID], [], ofKey.tenantId]]);
    await vi.advanceTimersByTimeAsync(61_500);
    end();
    expect(await authentication.credentialOfKey(bearer('key'), HERE)).toBeNull();
    expect(look).toHaveBeenCalledTimes(1);
  });

  test('is forgotten once nobody has used it for an hour', async () => {
    const { authentication, look } = credentials();
    await authentication.credentialOfKey(bearer('key'), HERE);
    await vi.advanceTimersByTimeAsync(61 * 60_000);
    await authentication.credentialOfKey(bearer('key'), HERE);
    expect(look.mock.calls).toEqual([
      [bearer('key').slice('Bearer '.length), HERE()],
      [bearer('key').slice('Bearer '.length), HERE()],
    ]);
  });

  test('and has ended is unknown from the next look on', async () => {
    const { authentication, end } = credentials();
    await authentication.credentialOfKey(bearer('key'), HERE);
    await authentication.credentialOfSession(SECRET, HERE);
    end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await authentication.credentialOfKey(bearer('key'), HERE)).toBeNull();
    expect(await authentication.credentialOfSession(SECRET, HERE)).toBeNull();
  });

  test('is read at once after it was forgotten, and what was read before does not count', async () => {
    const { authentication, read, end } = credentials();
    await authentication.credentialOfSession(SECRET, HERE);
    const { promise: reading, resolve: finishReading } = Promise.withResolvers<void>();
    read.mockImplementationOnce(async () => {
      await reading;
      return { keys: [], sessions: [ofSession] };
    });
    await vi.advanceTimersByTimeAsync(1_000);
    authentication.forgetSession(SECRET);
    authentication.forgetSession('another');
    finishReading();
    await vi.advanceTimersByTimeAsync(0);
    end();
    expect(await authentication.credentialOfSession(SECRET, HERE)).toBeNull();
  });
});

test('who watches a credential is told once it has ended, until then nothing', async () => {
  const { authentication, end } = credentials();
  const told: string[] = [];
  const watch = (credential: Credential, name: string) =>
    authentication.watch(credential, () => told.push(name));
  watch({ ...ofKey, sessionId: null }, 'key');
  watch(ofSession, 'session');
  const left = watch(ofSession, 'left');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(told).toEqual([]);
  left[Symbol.dispose]();
  end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['key', 'session']);
});

test('a secret that a rotation has ended is unknown, and the one that it gave is known', async () => {
  const { authentication, look, read } = credentials();
  const [before, after] = ['before', 'after'].map((secretHash) => ({ ...ofKey, secretHash }));
  if (before === undefined || after === undefined) throw new Error('There are two');
  look.mockResolvedValueOnce(before).mockResolvedValueOnce(after);
  await authentication.credentialOfKey(bearer('before'), HERE);
  await authentication.credentialOfKey(bearer('after'), HERE);
  read.mockResolvedValue({ keys: [after], sessions: [] });
  const onEnded = vi.fn();
  authentication.watch({ ...before, sessionId: null }, onEnded);
  look.mockResolvedValue(null);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onEnded).toHaveBeenCalledTimes(1);
  expect(await authentication.credentialOfKey(bearer('before'), HERE)).toBeNull();
  expect(await authentication.credentialOfKey(bearer('after'), HERE)).toMatchObject(after);
});

test('one that is closed looks no more', async () => {
  const { authentication, read } = credentials();
  await authentication.credentialOfKey(bearer('key'), HERE);
  authentication[Symbol.dispose]();
  await authentication.credentialOfSession(SECRET, HERE);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).not.toHaveBeenCalled();
});

test.each([
  ['no key', 'Bearer undefined'],
  ['too long by one', `Bearer baton_${'a'.repeat(44)}`],
  ['very long', `Bearer ${'b'.repeat(8_000)}`],
])('what cannot be a key costs nothing: %s', async (_, authorization) => {
  const { authentication, look } = credentials();
  const from = vi.fn(HERE);
  expect(await authentication.credentialOfKey(authorization, from)).toBeNull();
  expect(await authentication.credentialOfSession(authorization, from)).toBeNull();
  expect([look.mock.calls, from.mock.calls]).toEqual([[], []]);
});
