import { afterEach, expect, test } from 'vitest';
import { AUDIENCE, startTestIssuer } from '../../test/test-issuer.ts';
import { Issuer } from './issuer.ts';
import { DEFAULT_CLAIMS, type OidcOptions } from './oidc-options.ts';
import { verifyToken } from './verify-token.ts';

const KEYS = '/keys';
const SELF = '/.well-known/openid-configuration';
let running: Awaited<ReturnType<typeof startTestIssuer>> | undefined;

afterEach(() => running?.[Symbol.asyncDispose]());

async function use(settings: Omit<Partial<OidcOptions>, 'audience'> = {}) {
  const company = (running = await startTestIssuer());
  const options = { issuer: company.url, audience: AUDIENCE, claims: DEFAULT_CLAIMS, ...settings };
  const failures: unknown[] = [];
  const issuer = new Issuer(options, (cause) => failures.push(cause));
  const verify = (token: string) => verifyToken(token, { issuer, options, now: Date.now() });
  const codeOf = (token: string) =>
    verify(token).then(
      () => 'OK',
      (error: { code: string }) => error.code,
    );
  return { company, failures, verify, codeOf };
}

test('is asked once, however many tokens of unknown keys come', async () => {
  const { company, codeOf } = await use();
  const key = await company.newKey('made up');
  const tokens = await Promise.all(
    Array.from({ length: 500 }, (_, number) =>
      company.token({}, { key: { ...key, kid: `made up ${number}` } }),
    ),
  );
  expect(new Set(await Promise.all(tokens.map(codeOf)))).toEqual(new Set(['UNAUTHORIZED']));
  for (const token of tokens.slice(0, 50)) expect(await codeOf(token)).toBe('UNAUTHORIZED');
  expect([company.asked(SELF), company.asked(KEYS)]).toEqual([1, 1]);
});

test('is left alone for a while after it failed, and is told of once', async () => {
  const { company, codeOf, failures } = await use();
  company.goDown();
  const token = await company.token();
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => codeOf(token))))).toEqual(
    new Set(['UNAVAILABLE']),
  );
  company.comeBack();
  expect(await codeOf(token)).toBe('UNAVAILABLE');
  expect(company.asked(SELF)).toBe(1);
  expect(failures).toHaveLength(1);
});

test('says when to come back', async () => {
  const { company, verify } = await use({ retryAfterMs: 60_000 });
  company.goDown();
  const token = await company.token();
  await expect(verify(token)).rejects.toMatchObject({ details: { retryAfterMs: 60_000 } });
  await expect(verify(token)).rejects.toSatisfy(
    ({ details }: { details: { retryAfterMs: number } }) => details.retryAfterMs > 50_000,
  );
});

test('is waited for no longer than is set', async () => {
  const { company, codeOf } = await use({ timeoutMs: 50 });
  company.hang();
  expect(await codeOf(await company.token())).toBe('UNAVAILABLE');
});

test('may be away for its known keys, and is asked again for others once it is back', async () => {
  const { company, codeOf, failures } = await use({ keysCooldownMs: 0, retryAfterMs: 0 });
  expect(await codeOf(await company.token())).toBe('OK');
  const later = await company.newKey('later');
  company.goDown();
  expect(await codeOf(await company.token({}, { subject: 'user-2' }))).toBe('OK');
  expect(await codeOf(await company.token({}, { key: later }))).toBe('UNAVAILABLE');
  expect(failures).toHaveLength(1);
  company.comeBack();
  company.publish(later);
  expect(await codeOf(await company.token())).toBe('OK');
});

test('hangs while its keys are asked for, and answers nobody', async () => {
  const { company, codeOf } = await use({ keysCooldownMs: 0, timeoutMs: 50 });
  await codeOf(await company.token());
  company.hang();
  expect(await codeOf(await company.token({}, { key: await company.newKey('later') }))).toBe('UNAVAILABLE');
});

test('must say which of its keys has signed', async () => {
  const { company, verify } = await use();
  company.publish(company.key, await company.newKey('second'));
  const { kid: _kid, ...key } = company.key;
  const token = await company.token({}, { key: { ...key, kid: undefined } });
  await expect(verify(token)).rejects.toThrow('does not say (kid) which key');
});
