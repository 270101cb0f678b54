import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from './http/limits.ts';
import { limitsOf, Settings } from './settings.ts';

const MONGODB_URI = 'mongodb://db.example/baton?replicaSet=rs0';
const read = (env: object) => Settings.parse({ MONGODB_URI, ...env });
const faults = (env: object) =>
  Settings.safeParse({ MONGODB_URI, ...env }).error?.issues.map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('the environment', () => {
  test('is all in the page for operators', async () => {
    const page = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const named = [...page.matchAll(/^\| `((?:BATON|MONGODB)_\w+)` /gm)].map(([, name]) => name);
    // The log reads its level itself.
    expect(new Set(named)).toEqual(new Set([...Object.keys(Settings.shape), 'BATON_LOG_LEVEL']));
  });

  test('needs the store only', () => {
    const settings = read({});
    expect(settings).toMatchObject({ BATON_PORT: 4_000, BATON_HOST: '0.0.0.0', BATON_TRUST_PROXY: false });
    expect(limitsOf(settings)).toEqual(DEFAULT_LIMITS);
    expect(Settings.safeParse({ MONGODB_URI: '' }).error?.issues[0]?.message).toContain('Set MONGODB_URI');
  });

  test('sets every limit of a request', () => {
    const settings = read({
      BATON_BODY_BYTES: '1000000',
      BATON_BODY_MS: '5000',
      BATON_ALL_BODIES_BYTES: '3000000',
      BATON_NESTING: '32',
      BATON_MEMBERS: '5000',
      BATON_BATCH_CALLS: '10',
      BATON_ANSWER_BYTES: '2000000',
    });
    expect(limitsOf(settings)).toEqual({
      bodyBytes: 1_000_000,
      arrivalMs: 5_000,
      totalBodyBytes: 3_000_000,
      nesting: 32,
      members: 5_000,
      batchCalls: 10,
      answerBytes: 2_000_000,
    });
  });

  test.each([
    [{ BATON_BATCH_CALLS: '0' }, 'BATON_BATCH_CALLS: Too small: expected number to be >=1'],
    [{ BATON_BODY_MS: 'soon' }, 'BATON_BODY_MS: Invalid input: expected number, received NaN'],
    [
      { BATON_BODY_BYTES: '1000000', BATON_ALL_BODIES_BYTES: '1999999' },
      'BATON_ALL_BODIES_BYTES: Expected twice BATON_BODY_BYTES or more, because a tenant may have half of it',
    ],
  ])('%j is refused', (env, fault) => expect(faults(env)).toEqual([fault]));
});

describe('the proxies that are trusted', () => {
  test.each([
    ['true', true],
    ['false', false],
    ['', false],
    ['10.0.0.0/8, 192.168.1.7', ['10.0.0.0/8', '192.168.1.7']],
    ['loopback,fd00::/8', ['loopback', 'fd00::/8']],
  ])('%j', (text, trusted) => expect(read({ BATON_TRUST_PROXY: text }).BATON_TRUST_PROXY).toEqual(trusted));

  test.each([
    'yes',
    '1',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '10.0.0.0/8/8',
    '10.0.0.1,proxy.example',
    '10.0.0.0/',
  ])('%j is refused', (text) =>
    expect(faults({ BATON_TRUST_PROXY: text })).toEqual([
      'BATON_TRUST_PROXY: Expected true, false, or addresses and networks of proxies: 10.0.0.0/8,192.168.1.7',
    ]),
  );
});
