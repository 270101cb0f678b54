import { isIP } from 'node:net';
import { SESSION_LIFE } from '@baton/repository';
import { FILE_BYTES_LIMIT } from '@baton/schema';
import { z } from 'zod';
import { hideSecret } from './environment/hide-secret.ts';
import {
  type Environment,
  fileVariableOf,
  type VariableFault,
  withSecretsOfFiles,
} from './environment/secret-files.ts';
import { checkOidcSettings, oidcOptionsOf, oidcSettings } from './environment/oidc-settings.ts';
import { setting } from './environment/setting.ts';
import { unknownVariables } from './environment/unknown-variables.ts';
import { DEFAULT_LIMITS, type HttpLimits } from './http/limits.ts';
import { LABELLED_TENANTS } from './observe/observability.ts';
import type { ServerOptions } from './server.ts';

/** Names of networks that stand for addresses of the machine itself, of a link, of a private network. */
const NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isProxy(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0) return NETWORKS.has(value);
  const mostBits = version === 4 ? 32 : 128;
  return (
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= mostBits))
  );
}

/** @param what a whole number of what */
export function wholeNumber(what: string, min: number, max = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  return setting(`${what}, ${range}`, (text) => {
    const number = Number(text);
    return /^\d+$/.test(text) && number >= min && number <= max ? number : null;
  });
}

function count(unit: string, min: number) {
  return wholeNumber(`a whole number of ${unit}`, min);
}

function oneOf<const Value extends string>(...values: readonly Value[]) {
  return setting(`one of ${values.join(', ')}`, (text) => values.find((value) => value === text) ?? null);
}

const flag = setting('true or false', (text) => (text === 'true' ? true : text === 'false' ? false : null));

const trustedProxies = setting(
  'addresses and networks of proxies such as 10.0.0.0/8,loopback, or false',
  (text): false | string[] | null => {
    if (text === 'false') return false;
    const proxies = text.split(',').map((part) => part.trim());
    return proxies.every(isProxy) ? proxies : null;
  },
);

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes('*');
}

const origins = setting('origins such as https://shop.example,https://www.shop.example', (text) => {
  const each = text.split(',').map((part) => part.trim());
  return each.every(isOrigin) ? each : null;
});

const port = wholeNumber('the number of a TCP port', 0, 65_535);

const HOUR_MS = 3_600_000;
const hours = wholeNumber('a whole number of hours', 1, 8_760);

/** A limit with its default. */
function limit(name: keyof HttpLimits, unit: string, min: number) {
  return count(unit, min).default(DEFAULT_LIMITS[name]);
}

/** A limit below the size of a batch would refuse a full batch whenever it comes. */
const BATCH_BOUNDS = [
  'BATON_CALLS_PER_SECOND',
  'BATON_RUNNING_CALLS',
  'BATON_IMPORT_CALLS_PER_SECOND',
  'BATON_IMPORT_RUNNING_CALLS',
  'BATON_UNAUTHENTICATED_CALLS_PER_SECOND',
] as const;

/** What the process reads from its environment. An empty variable counts as one that is not set. */
export const Settings = z
  .object({
    MONGODB_URI: z.string('Set it, or MONGODB_URI_FILE, to the connection string of a replica set'),
    BATON_PORT: port.default(4_000),
    BATON_HOST: z.string().default('0.0.0.0'),
    BATON_CONSOLE_FOLDER: z.string().optional(),
    BATON_FILE_BYTES: count('bytes', 1).default(FILE_BYTES_LIMIT),
    BATON_FEEDS_PER_TENANT: count('feeds', 1).default(5_000),
    BATON_LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
    BATON_METRICS_PORT: port.optional(),
    BATON_METRICS_HOST: z.string().default('127.0.0.1'),
    BATON_METRICS_TENANTS: count('tenants', 0).default(LABELLED_TENANTS),
    BATON_METRICS_TOKEN: z.string().optional(),
    BATON_OTLP_URL: setting('an address such as http://collector:4318', (text) =>
      /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : null,
    ).optional(),
    BATON_OTLP_SAMPLED_PERCENT: wholeNumber('a percentage', 0, 100).default(10),
    BATON_SESSION_IDLE_HOURS: hours.default(SESSION_LIFE.idleMs / HOUR_MS),
    BATON_SESSION_LONGEST_HOURS: hours.default(SESSION_LIFE.longestMs / HOUR_MS),
    BATON_STOP_DELAY_MS: wholeNumber('a whole number of milliseconds', 0, 600_000).default(0),
    BATON_TRUST_PROXY: trustedProxies.default(false),
    BATON_CORS_ORIGINS: origins.default([]),
    BATON_VALIDATE_ANSWERS: flag.default(false),
    BATON_WAITING_COMMANDS: count('commands', 100).default(10_000),
    BATON_BODY_BYTES: limit('bodyBytes', 'bytes', 4_096),
    BATON_BODY_MS: limit('arrivalMs', 'milliseconds', 100),
    BATON_HEADERS_MS: limit('headersMs', 'milliseconds', 100),
    BATON_SLOWEST_BYTES_PER_SECOND: limit('slowestBytesPerSecond', 'bytes', 0),
    BATON_KEEP_ALIVE_MS: limit('keepAliveMs', 'milliseconds', 1),
    BATON_ALL_BODIES_BYTES: limit('totalBodyBytes', 'bytes', 1),
    BATON_NESTING: limit('nesting', 'levels', 16),
    BATON_MEMBERS: limit('members', 'members', 1_000),
    BATON_BATCH_CALLS: limit('batchCalls', 'calls', 1),
    BATON_ANSWER_BYTES: limit('answerBytes', 'bytes', 4_096),
    BATON_CALLS_PER_SECOND: limit('callsPerSecond', 'calls', 1),
    BATON_RUNNING_CALLS: limit('runningCalls', 'calls', 1),
    BATON_IMPORT_CALLS_PER_SECOND: limit('importCallsPerSecond', 'calls', 1),
    BATON_IMPORT_RUNNING_CALLS: limit('importRunningCalls', 'calls', 1),
    BATON_FEEDS_PER_CREDENTIAL: limit('feedsPerCredential', 'feeds', 1),
    BATON_FEEDS_PER_APP: limit('feedsPerApp', 'feeds', 1),
    BATON_UNAUTHENTICATED_CALLS_PER_SECOND: limit('unauthenticatedCallsPerSecond', 'calls', 1),
    BATON_FAILED_AUTHENTICATIONS_PER_MINUTE: limit('failedAuthenticationsPerMinute', 'credentials', 1),
    ...oidcSettings,
  })
  .refine(({ BATON_BODY_BYTES, BATON_ALL_BODIES_BYTES }) => BATON_ALL_BODIES_BYTES >= 2 * BATON_BODY_BYTES, {
    path: ['BATON_ALL_BODIES_BYTES'],
    message: 'Expected twice BATON_BODY_BYTES or more, because a tenant may have half of it',
  })
  .superRefine((settings, context) => {
    for (const name of BATCH_BOUNDS) {
      if (settings[name] >= settings.BATON_BATCH_CALLS) continue;
      const message = 'Expected BATON_BATCH_CALLS or more, because the calls of a batch count one by one';
      context.addIssue({ code: 'custom', path: [name], message });
    }
    checkOidcSettings(settings, (name, message) =>
      context.addIssue({ code: 'custom', path: [name], message }),
    );
  });
export type Settings = z.infer<typeof Settings>;

/** What `baton start` reads beside them. */
export const StartSettings = z.object({
  BATON_SAMPLES: wholeNumber('a whole number of conversations', 0, 10_000).default(66),
  /** Without it the console is neither built nor served. */
  BATON_CONSOLE: setting('0 or 1', (text) => (['0', '1'].includes(text) ? text === '1' : null)).default(true),
});
export type StartSettings = z.infer<typeof StartSettings>;

/** Those that must not be shown; each may come from a file, as `<NAME>_FILE`. */
export const SECRET_SETTINGS = ['MONGODB_URI', 'BATON_METRICS_TOKEN', 'BATON_OIDC_CLIENT_SECRET'] as const;

/** What commands and the search for a mongod read by themselves. */
const READ_ELSEWHERE = ['BATON_API_KEY', 'BATON_API_KEY_FILE', 'BATON_CACHE', 'BATON_DEBUG', 'BATON_URL'];

/** Every variable that Baton reads. */
function knownVariables(): string[] {
  const ours = [...Object.keys(Settings.shape), ...Object.keys(StartSettings.shape)];
  return [...ours, ...SECRET_SETTINGS.map(fileVariableOf), ...READ_ELSEWHERE];
}

type SettingValue = Settings[keyof Settings];

/** One setting as people may see it. */
export interface ShownSetting {
  name: string;
  /** What counts; secrets are hidden. Null where it is not set and has no default. */
  value: string | null;
  from: 'environment' | 'file' | 'default';
}

export interface ReadSettings {
  /** Null where something is wrong. */
  settings: Settings | null;
  faults: VariableFault[];
  /** Sentences about variables that nobody reads. */
  warnings: string[];
  shown: ShownSetting[];
}

/**
 * Reads all settings and says all that is wrong with them; never throws.
 * @param defaults what counts where the environment does not say it, in place of the server's own
 */
export function inspectSettings(environment: Environment, defaults: Environment = {}): ReadSettings {
  const { env: given, faults } = withSecretsOfFiles(environment, SECRET_SETTINGS);
  const env = { ...defaults, ...given };
  const parsed = Settings.safeParse(env);
  const inFiles = new Set(faults.map(({ name }) => name));
  const issues = (parsed.error?.issues ?? []).map(({ path, message }) => ({ name: path.join('.'), message }));
  // A secret whose file is at fault is not missing as well.
  faults.push(...issues.filter(({ name }) => !inFiles.has(fileVariableOf(name))));
  return {
    settings: faults.length === 0 ? (parsed.data ?? null) : null,
    faults,
    warnings: unknownVariables(environment, knownVariables()),
    shown: Object.entries(Settings.shape).map(([name, schema]) => {
      const value: SettingValue | undefined = env[name] ?? schema.safeParse(undefined).data;
      return { name, value: shownValue(name, value), from: sourceOf(name, environment, given) };
    }),
  };
}

function shownValue(name: string, value: SettingValue | undefined): string | null {
  if (value === undefined || value === '') return null;
  const isSecret = SECRET_SETTINGS.some((secret) => secret === name);
  const text = value instanceof Map ? [...value].map((pair) => pair.join('=')).join(',') : String(value);
  return isSecret ? hideSecret(text) : text;
}

function sourceOf(name: string, environment: Environment, given: Environment): ShownSetting['from'] {
  if (given[name] === undefined) return 'default';
  return environment[name] ? 'environment' : 'file';
}

/** What a server is started with. */
export function optionsOf(settings: Settings): ServerOptions {
  return {
    mongodbUri: settings.MONGODB_URI,
    port: settings.BATON_PORT,
    host: settings.BATON_HOST,
    consoleFolder: settings.BATON_CONSOLE_FOLDER,
    fileBytes: settings.BATON_FILE_BYTES,
    feedsOfATenant: settings.BATON_FEEDS_PER_TENANT,
    waitingCommands: settings.BATON_WAITING_COMMANDS,
    stopDelayMs: settings.BATON_STOP_DELAY_MS,
    trustProxy: settings.BATON_TRUST_PROXY,
    corsOrigins: settings.BATON_CORS_ORIGINS,
    validateAnswers: settings.BATON_VALIDATE_ANSWERS,
    limits: limitsOf(settings),
    sessionLife: {
      idleMs: settings.BATON_SESSION_IDLE_HOURS * HOUR_MS,
      longestMs: settings.BATON_SESSION_LONGEST_HOURS * HOUR_MS,
    },
    oidc: oidcOptionsOf(settings),
    metrics: metricsOf(settings),
    labelledTenants: settings.BATON_METRICS_TENANTS,
    telemetry:
      settings.BATON_OTLP_URL === undefined
        ? undefined
        : { url: settings.BATON_OTLP_URL, sampledPercent: settings.BATON_OTLP_SAMPLED_PERCENT },
  };
}

function metricsOf(settings: Settings): ServerOptions['metrics'] {
  const { BATON_METRICS_PORT, BATON_METRICS_HOST: host, BATON_METRICS_TOKEN: token } = settings;
  return BATON_METRICS_PORT === undefined ? undefined : { port: BATON_METRICS_PORT, host, token };
}

export function limitsOf(settings: Settings): HttpLimits {
  return {
    bodyBytes: settings.BATON_BODY_BYTES,
    arrivalMs: settings.BATON_BODY_MS,
    headersMs: settings.BATON_HEADERS_MS,
    slowestBytesPerSecond: settings.BATON_SLOWEST_BYTES_PER_SECOND,
    keepAliveMs: settings.BATON_KEEP_ALIVE_MS,
    totalBodyBytes: settings.BATON_ALL_BODIES_BYTES,
    nesting: settings.BATON_NESTING,
    members: settings.BATON_MEMBERS,
    batchCalls: settings.BATON_BATCH_CALLS,
    answerBytes: settings.BATON_ANSWER_BYTES,
    callsPerSecond: settings.BATON_CALLS_PER_SECOND,
    runningCalls: settings.BATON_RUNNING_CALLS,
    importCallsPerSecond: settings.BATON_IMPORT_CALLS_PER_SECOND,
    importRunningCalls: settings.BATON_IMPORT_RUNNING_CALLS,
    feedsPerCredential: settings.BATON_FEEDS_PER_CREDENTIAL,
    feedsPerApp: settings.BATON_FEEDS_PER_APP,
    unauthenticatedCallsPerSecond: settings.BATON_UNAUTHENTICATED_CALLS_PER_SECOND,
    failedAuthenticationsPerMinute: settings.BATON_FAILED_AUTHENTICATIONS_PER_MINUTE,
  };
}
