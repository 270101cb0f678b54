import type { Standing, Store } from '@baton/repository';
import type { Credential } from '@baton/router';
import { TenantId } from '@baton/schema';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Authentication } from './authentication.ts';

const HERE = () => '192.0.2.1';
const TOKEN = 'Bearer a.b.c';
const HOUR_MS = 3_600_000;

function tokens(expiresAt = HOUR_MS) {
  const token: Credential = {
    tenantId: TenantId.parse('acme'),
    role: 'app',
    agentId: null,
    keyId: null,
    sessionId: null,
    token: { subject: 'user-1', expiresAt },
  };
  const verify = vi.fn(async () => token);
  const standing: Standing = { tenant: 'active', agentKind: null };
  const standingsOf = vi.fn(async () => [standing]);
  const store = {
    collections: { clock: { now: () => performance.now() } },
    readCredentials: async () => ({ keys: [], sessions: [] }),
    standingsOf,
  };
  const company = { nameOf: (text: string) => `token ${text}`, credentialOf: verify };
  // What an authentication asks of a store, and no more.
  const authentication = new Authentication(store as unknown as Store, { tokens: company });
  const find = () => authentication.credentialOfToken(TOKEN, HERE);
  return { authentication, token, find, verify, standing, standingsOf };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  // The cache takes an instant of 0 for none.
  vi.advanceTimersByTime(1);
});
afterEach(() => vi.useRealTimers());

async function seconds(count: number, each: () => unknown = () => undefined): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    await each();
  }
}

test('a token that is used is verified each ten minutes', async () => {
  const { find, verify } = tokens();
  await find();
  await seconds(595, find);
  expect(verify).toHaveBeenCalledTimes(1);
  await seconds(10, find);
  expect(verify).toHaveBeenCalledTimes(2);
});

test('a token that has expired is refused at once, though it is known', async () => {
  const { find, token } = tokens(10_000);
  await seconds(9);
  expect(await find()).toBe(token);
  await seconds(1);
  await expect(find()).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: 'The token has expired' });
});

test('what watches a token is told of its end to the second, while the store does not answer', async () => {
  const { authentication, token, standingsOf } = tokens(3_000);
  standingsOf.mockReturnValue(new Promise(() => undefined));
  const ended = vi.fn();
  const unwatched = vi.fn();
  const watch = authentication.watch(token, ended);
  authentication.watch(token, unwatched)[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(2_990);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10);
  expect(ended).toHaveBeenCalledWith('UNAUTHORIZED');
  expect(unwatched).not.toHaveBeenCalled();
  watch[Symbol.dispose]();
});

test.each<[Partial<Standing>, string]>([
  [{ tenant: 'suspended' }, 'TENANT_SUSPENDED'],
  [{ tenant: 'unknown' }, 'UNAUTHORIZED'],
])('what watches a token is told within two seconds that its tenant is %j', async (change, why) => {
  // It lasts longer than a timer can.
  const { authentication, token, standing } = tokens(2 ** 40);
  const ended = vi.fn();
  const watch = authentication.watch(token, ended);
  await seconds(2);
  expect(ended).not.toHaveBeenCalled();
  Object.assign(standing, change);
  await seconds(2);
  expect(ended).toHaveBeenCalledWith(why);
  watch[Symbol.dispose]();
});
