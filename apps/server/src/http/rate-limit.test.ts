import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Refusal } from '@baton/domain';
import { ApiKeyId, SessionId, TenantId } from '@baton/schema';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AddressLimits } from './address-limits.ts';
import { CredentialLimits } from './credential-limits.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { RateLimit } from './rate-limit.ts';

const newRequest = () => new IncomingMessage(new Socket());
const newResponse = () => new ServerResponse(newRequest());
const keyId = ApiKeyId.parse('a'.repeat(24));
const tenantId = TenantId.parse('acme');
const key = { tenantId, role: 'app' as const, agentId: null, keyId, sessionId: null };
const importKey = { ...key, keyId: ApiKeyId.parse('b'.repeat(24)), role: 'import' as const };
const session = { ...key, role: 'manager' as const, sessionId: SessionId.parse('c'.repeat(24)) };

/** What is thrown, as the caller is told. */
async function detailsOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof Refusal) return { code: thrown.code, ...thrown.details };
    throw thrown;
  }
  throw new Error('Nothing was refused');
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a limit in a window of time', () => {
  const limit = () => new RateLimit({ name: 'calls', limit: 3, seconds: 2, message: 'Too many' });

  test('says what is left of it, and begins anew with the next window', async () => {
    const calls = limit();
    expect(calls.policy).toBe('"calls";q=3;w=2');
    expect(calls.take('a', 2, newResponse())).toBe('"calls";r=1;t=2');
    expect(calls.take('b', 3, newResponse())).toBe('"calls";r=0;t=2');
    vi.advanceTimersByTime(1_500);
    const response = newResponse();
    expect(await detailsOf(() => calls.take('a', 2, response))).toEqual({
      code: 'RATE_LIMITED',
      limit: 'calls',
      allowed: 3,
      retryAfterMs: 500,
    });
    expect(response.getHeaders()).toMatchObject({
      ratelimit: '"calls";r=0;t=1',
      'ratelimit-policy': '"calls";q=3;w=2',
    });
    vi.advanceTimersByTime(500);
    expect(calls.take('a', 1, newResponse())).toBe('"calls";r=2;t=2');
  });

  test('is full once as many were counted', async () => {
    const calls = limit();
    for (let count = 0; count < 3; count += 1) {
      calls.requireRoom('a', newResponse());
      calls.count('a');
    }
    expect(await detailsOf(() => calls.requireRoom('a', newResponse()))).toMatchObject({
      code: 'RATE_LIMITED',
    });
    calls.requireRoom('b', newResponse());
  });

  test('counts so many keys at most, and forgets those that were not seen for longest', () => {
    const options = { name: 'calls', limit: 3, seconds: 2, message: 'Too many' };
    const calls = new RateLimit(options, 100);
    calls.take('a', 2, newResponse());
    calls.take('b', 2, newResponse());
    for (let stranger = 0; stranger < 500; stranger += 1) {
      calls.take(`stranger ${stranger}`, 1, newResponse());
      calls.requireRoom('a', newResponse());
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(calls.take('a', 1, newResponse())).toBe('"calls";r=0;t=2');
    expect(calls.take('b', 1, newResponse())).toBe('"calls";r=2;t=2');
  });
});

describe('a credential', () => {
  const limits = new CredentialLimits({
    ...DEFAULT_LIMITS,
    runningCalls: 5,
    importRunningCalls: 7,
    feedsPerCredential: 1,
    feedsPerApp: 2,
  });

  test('is told what bounds its calls', () => {
    expect(limits.of(key)).toMatchObject({ callsPerSecond: 200, runningCalls: 5, feeds: 2, batchCalls: 50 });
    expect(limits.of(session)).toMatchObject({ feeds: 1 });
    expect(limits.of(importKey)).toMatchObject({ callsPerSecond: 5_000, runningCalls: 7, feeds: 2 });
  });

  test.each([
    ['key of an app', key, 5],
    ['session of a person', session, 5],
    ['key that imports', importKey, 7],
  ])('that is a %s has so many calls running at once', async (_, credential, most) => {
    const end = limits.startCalls(credential, most - 1);
    const endLast = limits.startCalls(credential, 1);
    expect(await detailsOf(() => limits.startCalls(credential, 1))).toEqual({
      code: 'RATE_LIMITED',
      limit: 'running calls',
      allowed: most,
      retryAfterMs: 100,
    });
    endLast();
    expect(await detailsOf(() => limits.startCalls(credential, 2))).toMatchObject({ allowed: most });
    limits.startCalls(credential, 1)();
    end();
    limits.startCalls(credential, most)();
  });

  test.each([
    ['key of an app', key, 2],
    ['session of a person', session, 1],
    ['key that imports', importKey, 2],
  ])('that is a %s has so many feeds open at once', async (_, credential, most) => {
    const ends = Array.from({ length: most }, () => limits.openFeed(credential));
    expect(await detailsOf(() => limits.openFeed(credential))).toMatchObject({
      limit: 'open feeds',
      allowed: most,
    });
    for (const end of ends) end();
    limits.openFeed(credential)();
  });

  test('has so many calls in a second, one that imports more', async () => {
    const { policy, state } = limits.takeCalls(key, 50, newResponse());
    expect([policy, state]).toEqual(['"calls";q=200;w=1', '"calls";r=150;t=1']);
    const imported = limits.takeCalls(importKey, 50, newResponse());
    expect(imported.state).toBe('"calls";r=4950;t=1');
    // The sessions of a key are credentials of their own.
    expect(limits.takeCalls(session, 50, newResponse()).state).toBe('"calls";r=150;t=1');
  });
});

describe('an address', () => {
  let address = '';
  const limitsOf = () =>
    new AddressLimits(
      { ...DEFAULT_LIMITS, unauthenticatedCallsPerSecond: 2, failedAuthenticationsPerMinute: 2 },
      () => address,
    );

  test('may make so many calls without a valid credential', async () => {
    const limits = limitsOf();
    address = '198.51.100.7';
    limits.takeCalls(newRequest(), 2, newResponse());
    expect(await detailsOf(() => limits.takeCalls(newRequest(), 1, newResponse()))).toMatchObject({
      code: 'RATE_LIMITED',
      limit: 'unauthenticated',
    });
    address = '198.51.100.8';
    limits.takeCalls(newRequest(), 2, newResponse());
  });

  test('may send so many different wrong credentials; one that is repeated counts once', async () => {
    const limits = limitsOf();
    address = '198.51.100.7';
    const look = () => limits.addressFor(newRequest(), newResponse());
    for (const wrong of ['a', 'a', 'a', 'b']) {
      expect(look()).toBe(address);
      limits.countFailure(address, wrong);
    }
    expect(await detailsOf(look)).toMatchObject({ code: 'RATE_LIMITED', limit: 'authentication' });
    vi.advanceTimersByTime(60_000);
    expect(look()).toBe(address);
    for (let count = 0; count < 2; count += 1) limits.countFailedSignIn(newRequest());
    expect(await detailsOf(look)).toMatchObject({ limit: 'authentication' });
  });

  test('leaves no timer behind, whatever it sends', () => {
    const limits = limitsOf();
    for (let count = 0; count < 1_000; count += 1) {
      address = `198.51.100.${count % 250}`;
      limits.takeCalls(newRequest(), 1, newResponse());
      limits.countFailure(address, `wrong ${count}`);
      vi.advanceTimersByTime(10);
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
