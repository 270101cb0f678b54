import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Environment, readSecret } from './environment/secret-files.ts';
import { DEFAULT_LIMITS } from './http/limits.ts';
import { inspectSettings, limitsOf, optionsOf, Settings } from './settings.ts';

const MONGODB_URI = 'mongodb://db.example/baton?replicaSet=rs0';
const faults = (env: Environment) =>
  inspectSettings({ MONGODB_URI, ...env }).faults.map(({ name, message }) => `${name}: ${message}`);

function read(env: Environment) {
  const { settings } = inspectSettings({ MONGODB_URI, ...env });
  if (settings === null) throw new Error(faults(env).join('; '));
  return settings;
}

describe("a company's sign-in", () => {
  const ISSUER = 'https://login.example.com/acme';

  test('is off without an issuer', () => {
    expect(optionsOf(read({})).oidc).toBeUndefined();
  });

  test('is what the settings say', () => {
    const settings = read({
      BATON_OIDC_ISSUER: ISSUER,
      BATON_OIDC_AUDIENCE: 'baton',
      BATON_OIDC_CLIENT_ID: 'console',
      BATON_OIDC_CLIENT_SECRET: 'secret',
      BATON_OIDC_SCOPE: 'openid profile',
      BATON_OIDC_TENANT: 'acme',
      BATON_OIDC_ROLE_CLAIM: 'realm_access.roles',
      BATON_OIDC_ROLES: 'the boss=admin, staff=agent',
    });
    expect(optionsOf(settings).oidc).toMatchObject({
      issuer: ISSUER,
      audience: 'baton',
      client: { id: 'console', secret: 'secret', scope: 'openid profile' },
      tenant: 'acme',
      claims: { tenant: 'baton_tenant', role: 'realm_access.roles', agent: 'baton_agent' },
      roles: new Map([
        ['the boss', 'admin'],
        ['staff', 'agent'],
      ]),
    });
  });

  test('is shown as it was given, without its secret', () => {
    const { shown } = inspectSettings({
      BATON_OIDC_ROLES: 'boss=admin,staff=agent',
      BATON_OIDC_CLIENT_SECRET: 'do not tell',
    });
    expect(JSON.stringify(shown)).not.toContain('do not tell');
    expect(shown).toContainEqual({
      name: 'BATON_OIDC_CLIENT_SECRET',
      value: '[hidden]',
      from: 'environment',
    });
    expect(shown).toContainEqual({
      name: 'BATON_OIDC_ROLES',
      value: 'boss=admin,staff=agent',
      from: 'environment',
    });
  });

  test.each([
    [{ BATON_OIDC_AUDIENCE: 'baton' }, 'BATON_OIDC_ISSUER: Set it too'],
    [{ BATON_OIDC_ISSUER: ISSUER }, 'BATON_OIDC_ISSUER: Set BATON_OIDC_CLIENT_ID for people'],
    [{ BATON_OIDC_CLIENT_ID: 'console' }, 'BATON_OIDC_ISSUER: Set it too'],
    [
      { BATON_OIDC_ISSUER: ISSUER, BATON_OIDC_AUDIENCE: 'baton', BATON_OIDC_CLIENT_SECRET: 'secret' },
      'BATON_OIDC_CLIENT_ID: Set it too',
    ],
    [{ BATON_OIDC_SCOPE: 'profile' }, 'BATON_OIDC_SCOPE: Expected scopes with openid'],
    [{ BATON_OIDC_ISSUER: 'http://login.example.com' }, 'BATON_OIDC_ISSUER: Expected an address with https'],
    [{ BATON_OIDC_ISSUER: `${ISSUER}?a=b` }, 'BATON_OIDC_ISSUER: Expected an address'],
    [{ BATON_OIDC_ROLES: 'boss=root' }, 'BATON_OIDC_ROLES: Expected roles of the company'],
    [{ BATON_OIDC_ROLES: 'boss=admin,boss=agent' }, 'BATON_OIDC_ROLES: Expected roles of the company'],
    [{ BATON_OIDC_TENANT: 'Not A Tenant' }, 'BATON_OIDC_TENANT: Expected the name of a tenant'],
    [{ BATON_OIDC_ROLE_CLAIM: 'a b' }, 'BATON_OIDC_ROLE_CLAIM: Expected the name of a claim'],
  ])('%j is a fault', (env, fault) => {
    expect(faults(env)).toMatchObject([expect.stringContaining(fault)]);
  });

  test('may be tried with an issuer on the machine itself', () => {
    const env = { BATON_OIDC_ISSUER: 'http://localhost:8080', BATON_OIDC_AUDIENCE: 'baton' };
    expect(faults(env)).toEqual([]);
  });
});

test('browsers stay signed in for as long as is set', () => {
  const HOUR_MS = 3_600_000;
  const { sessionLife } = optionsOf(
    read({ BATON_SESSION_IDLE_HOURS: '8', BATON_SESSION_LONGEST_HOURS: '24' }),
  );
  expect(sessionLife).toEqual({ idleMs: 8 * HOUR_MS, longestMs: 24 * HOUR_MS });
  expect(optionsOf(read({})).sessionLife).toEqual({ idleMs: 168 * HOUR_MS, longestMs: 720 * HOUR_MS });
  expect(faults({ BATON_SESSION_IDLE_HOURS: '0' })).toHaveLength(1);
});

describe('the environment', () => {
  test('is all in the page for operators', async () => {
    const page = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const named = [...page.matchAll(/^\| `((?:BATON|MONGODB)_\w+)` /gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(Settings.shape)));
  });

  test('needs the store only, and an empty variable is as good as none', () => {
    const settings = read({ BATON_PORT: '', BATON_TRUST_PROXY: '' });
    expect(settings).toMatchObject({ BATON_PORT: 4_000, BATON_HOST: '0.0.0.0', BATON_TRUST_PROXY: false });
    expect(limitsOf(settings)).toEqual(DEFAULT_LIMITS);
    const missing = 'MONGODB_URI: Set it, or MONGODB_URI_FILE, to the connection string of a replica set';
    expect([faults({ MONGODB_URI: '' }), faults({ MONGODB_URI: undefined })]).toEqual([[missing], [missing]]);
  });

  test('sets what a server is started with', () => {
    const settings = read({
      BATON_CONSOLE_FOLDER: '/console',
      BATON_FEEDS_PER_TENANT: '7',
      BATON_FILE_BYTES: '99',
      BATON_BODY_BYTES: '1000000',
      BATON_BODY_MS: '5000',
      BATON_HEADERS_MS: '2000',
      BATON_SLOWEST_BYTES_PER_SECOND: '0',
      BATON_KEEP_ALIVE_MS: '9000',
      BATON_ALL_BODIES_BYTES: '3000000',
      BATON_NESTING: '32',
      BATON_MEMBERS: '5000',
      BATON_BATCH_CALLS: '10',
      BATON_ANSWER_BYTES: '2000000',
      BATON_CALLS_PER_SECOND: '30',
      BATON_RUNNING_CALLS: '20',
      BATON_IMPORT_CALLS_PER_SECOND: '300',
      BATON_IMPORT_RUNNING_CALLS: '200',
      BATON_FEEDS_PER_CREDENTIAL: '3',
      BATON_FEEDS_PER_APP: '7',
      BATON_UNAUTHENTICATED_CALLS_PER_SECOND: '11',
      BATON_FAILED_AUTHENTICATIONS_PER_MINUTE: '5',
    });
    expect(optionsOf(settings)).toMatchObject({
      mongodbUri: MONGODB_URI,
      port: 4_000,
      host: '0.0.0.0',
      fileBytes: 99,
      consoleFolder: '/console',
      feedsOfATenant: 7,
      limits: {
        bodyBytes: 1_000_000,
        arrivalMs: 5_000,
        headersMs: 2_000,
        slowestBytesPerSecond: 0,
        keepAliveMs: 9_000,
        totalBodyBytes: 3_000_000,
        nesting: 32,
        members: 5_000,
        batchCalls: 10,
        answerBytes: 2_000_000,
        callsPerSecond: 30,
        runningCalls: 20,
        importCallsPerSecond: 300,
        importRunningCalls: 200,
        feedsPerCredential: 3,
        feedsPerApp: 7,
        unauthenticatedCallsPerSecond: 11,
        failedAuthenticationsPerMinute: 5,
      },
    });
  });

  test.each([
    [{ BATON_BATCH_CALLS: '0' }, 'BATON_BATCH_CALLS: Expected a whole number of calls, 1 or more, not "0"'],
    [{ BATON_PORT: '70000' }, 'BATON_PORT: Expected the number of a TCP port, from 0 to 65535, not "70000"'],
    [
      { BATON_BODY_MS: 'soon' },
      'BATON_BODY_MS: Expected a whole number of milliseconds, 100 or more, not "soon"',
    ],
    [{ BATON_VALIDATE_ANSWERS: 'maybe' }, 'BATON_VALIDATE_ANSWERS: Expected true or false, not "maybe"'],
    [
      { BATON_LOG_LEVEL: 'loud' },
      'BATON_LOG_LEVEL: Expected one of trace, debug, info, warn, error, fatal, silent, not "loud"',
    ],
    [
      { BATON_BODY_BYTES: '1000000', BATON_ALL_BODIES_BYTES: '1999999' },
      'BATON_ALL_BODIES_BYTES: Expected twice BATON_BODY_BYTES or more, because a tenant may have half of it',
    ],
    [
      { BATON_RUNNING_CALLS: '49' },
      'BATON_RUNNING_CALLS: Expected BATON_BATCH_CALLS or more, because the calls of a batch count one by one',
    ],
  ])('%j is refused', (env, fault) => expect(faults(env)).toEqual([fault]));

  test('turns metrics and traces on', () => {
    expect(optionsOf(read({}))).toMatchObject({ metrics: undefined, telemetry: undefined });
    const env = {
      BATON_METRICS_PORT: '9464',
      BATON_METRICS_TOKEN: 't',
      BATON_OTLP_URL: 'http://collector:4318',
      BATON_STOP_DELAY_MS: '5000',
    };
    expect(optionsOf(read(env))).toMatchObject({
      metrics: { host: '127.0.0.1', port: 9_464, token: 't' },
      labelledTenants: 10,
      telemetry: { url: 'http://collector:4318', sampledPercent: 10 },
      stopDelayMs: 5_000,
    });
    // Metrics that are only sent name no more tenants than those that are read.
    expect(optionsOf(read({ BATON_OTLP_URL: env.BATON_OTLP_URL, BATON_METRICS_TENANTS: '0' }))).toMatchObject(
      {
        metrics: undefined,
        labelledTenants: 0,
      },
    );
    expect(faults({ BATON_OTLP_URL: 'collector:4318' })).toEqual([
      'BATON_OTLP_URL: Expected an address such as http://collector:4318, not "collector:4318"',
    ]);
    expect(inspectSettings(env).shown).toContainEqual({
      name: 'BATON_METRICS_TOKEN',
      value: '[hidden]',
      from: 'environment',
    });
  });

  test('says all that is wrong at once', () => {
    expect(faults({ MONGODB_URI: '', BATON_PORT: 'x', BATON_NESTING: '1' })).toHaveLength(3);
  });

  test('has names of ours that nobody reads, which a warning tells with the nearest that is', () => {
    const env = {
      MONGODB_URI,
      BATON_TRUST_PROXIES: 'true',
      BATON_SHOE_SIZE: '44',
      BATON_TEST_X: '1',
      BATON_DATA: '/data',
    };
    expect(inspectSettings({ ...env, BATON_URL: 'x', MONGODB_URI_FILE: '' }).warnings).toEqual([
      'BATON_SHOE_SIZE is set, and no setting',
      'BATON_TRUST_PROXIES is set, and no setting: is BATON_TRUST_PROXY meant?',
    ]);
  });
});

describe('a secret', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function fileWith(content: string): Promise<string> {
    const file = join(folder, 'uri');
    await writeFile(file, content);
    return file;
  }

  test('may come from a file, without the line break at its end', async () => {
    const MONGODB_URI_FILE = await fileWith(`${MONGODB_URI}\n`);
    expect(inspectSettings({ MONGODB_URI_FILE }).settings).toMatchObject({ MONGODB_URI });
  });

  test('is either in a file or in the environment', async () => {
    expect(faults({ MONGODB_URI_FILE: await fileWith(MONGODB_URI) })).toEqual([
      'MONGODB_URI_FILE: Set MONGODB_URI or MONGODB_URI_FILE, not both',
    ]);
  });

  test('whose file is missing or empty is refused, and nothing else is said of it', async () => {
    const faultsOfFile = (file: string) => faults({ MONGODB_URI: '', MONGODB_URI_FILE: file });
    expect(faultsOfFile(join(folder, 'none'))).toEqual([
      'MONGODB_URI_FILE: The file cannot be read (ENOENT)',
    ]);
    expect(faultsOfFile(await fileWith('\n'))).toEqual(['MONGODB_URI_FILE: The file is empty']);
    expect(() => readSecret({ BATON_API_KEY_FILE: folder }, 'BATON_API_KEY')).toThrow(
      'BATON_API_KEY_FILE: The file cannot be read (EISDIR)',
    );
    expect(readSecret({ BATON_API_KEY: 'k' }, 'BATON_API_KEY')).toBe('k');
  });

  test.each([
    [
      'mongodb://ann:s3cret@db.example/baton?replicaSet=rs0&tls=true',
      /^mongodb:\/\/hidden@db\.example\/baton/,
    ],
    ['mongodb+srv://ann:s3cret@db.example/baton', /^mongodb\+srv:\/\/hidden@db\.example\/baton/],
    [
      'mongodb://db.example/?tlsCertificateKeyFilePassword=s3cret&proxyHost=p&proxyUsername=ann&proxyPassword=s3cret',
      /tlsCertificateKeyFilePassword=hidden/,
    ],
    [
      'mongodb://ann:s3cret@db.example/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:s3cret',
      /db\.example/,
    ],
    ['mongodb://ann:s3/cret@db.example:port/baton', /db\.example/],
    ['ann:s3cret@db.example', /^\[hidden\]$/],
  ])('in %s is shown without users and passwords', (uri, expected) => {
    const shown = inspectSettings({ MONGODB_URI: uri }).shown.find(({ name }) => name === 'MONGODB_URI');
    expect(shown).toMatchObject({ from: 'environment', value: expect.stringMatching(expected) });
    expect(shown?.value).not.toMatch(/s3cret|cret|ann/);
  });

  test('is told from a setting by where it comes from', async () => {
    const MONGODB_URI_FILE = await fileWith(MONGODB_URI);
    const { shown } = inspectSettings({ MONGODB_URI_FILE, BATON_NESTING: '20' });
    expect(shown).toEqual(
      expect.arrayContaining([
        { name: 'MONGODB_URI', value: MONGODB_URI, from: 'file' },
        { name: 'BATON_NESTING', value: '20', from: 'environment' },
        { name: 'BATON_BATCH_CALLS', value: '50', from: 'default' },
        { name: 'BATON_CONSOLE_FOLDER', value: null, from: 'default' },
      ]),
    );
  });
});

describe('the origins that may call', () => {
  test('are exactly as a browser sends them', () => {
    const { BATON_CORS_ORIGINS } = read({
      BATON_CORS_ORIGINS: 'https://shop.example, http://localhost:3000',
    });
    expect(BATON_CORS_ORIGINS).toEqual(['https://shop.example', 'http://localhost:3000']);
    expect(read({}).BATON_CORS_ORIGINS).toEqual([]);
  });

  test.each(['*', 'null', 'shop.example', 'https://shop.example/', 'https://*.shop.example', 'file:///a'])(
    '%j is refused',
    (text) => expect(faults({ BATON_CORS_ORIGINS: text })).toHaveLength(1),
  );
});

describe('the proxies that are trusted', () => {
  test.each([
    ['false', false],
    ['', false],
    ['10.0.0.0/8, 192.168.1.7', ['10.0.0.0/8', '192.168.1.7']],
    ['loopback,fd00::/8', ['loopback', 'fd00::/8']],
  ])('%j', (text, trusted) => expect(read({ BATON_TRUST_PROXY: text }).BATON_TRUST_PROXY).toEqual(trusted));

  test.each([
    // Whoever asks would be believed whatever address they name.
    'true',
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
      `BATON_TRUST_PROXY: Expected addresses and networks of proxies such as 10.0.0.0/8,loopback, or false, not "${text}"`,
    ]),
  );
});
