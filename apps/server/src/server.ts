import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openStore, type SessionLife, type Store, type StoreOptions } from '@baton/repository';
import type { Readiness } from '@baton/schema';
import { fastifyCookie } from '@fastify/cookie';
import { fastify } from 'fastify';
import type { Logger } from 'pino';
import { registerConsole } from './http/console.ts';
import { AddressLimits } from './http/address-limits.ts';
import { clientAddresses } from './http/client-address.ts';
import { COMPANY_SIGN_IN, mountCompanySignIn } from './http/company-sign-in.ts';
import { Authentication } from './http/authentication.ts';
import { setCommonHeaders } from './http/common-headers.ts';
import { type ContextOptions, createContexts } from './http/context.ts';
import { Cors } from './http/cors.ts';
import { CredentialLimits } from './http/credential-limits.ts';
import { BodyBudget } from './http/body-budget.ts';
import { errorHandler, type ReportFault, setErrorHandlers } from './http/errors.ts';
import { servePlainFeed } from './http/feed.ts';
import { addFeedRetry } from './http/feed-retry.ts';
import { serveHealth } from './http/health.ts';
import { JsonCalls } from './http/json-calls.ts';
import { DEFAULT_LIMITS, type HttpLimits, MAX_PATH_LENGTH } from './http/limits.ts';
import { ParserErrors } from './http/parser-errors.ts';
import { nameRequest, requestIdOf } from './http/request-id.ts';
import { gracefulShutdown } from './http/shutdown.ts';
import { SlowBodies } from './http/slow-bodies.ts';
import { StalledReaders } from './http/stalled-readers.ts';
import { untrustedProxyWatch } from './http/untrusted-proxy.ts';
import { mountTrpc } from './http/trpc.ts';
import { serveFiles } from './files/serve-files.ts';
import { createLog, describeError } from './observe/log.ts';
import type { MetricsServer } from './observe/metrics/metrics-server.ts';
import { type Observability, type ObservabilityOptions, observeProcess } from './observe/observability.ts';
import type { StoreSources } from './observe/metrics/store-metrics.ts';
import type { ProcessObserver } from './observe/process-observer.ts';
import { ReadinessProbe } from './observe/readiness.ts';
import { CompanyTokens } from './oidc/company-tokens.ts';
import { Issuer } from './oidc/issuer.ts';
import type { OidcOptions } from './oidc/oidc-options.ts';
import { repeat } from './workers/repeat.ts';

const LONGEST_SILENCE_MS = 60_000;

const LEAVING: Readiness = { ready: false, mongodb: true, pendingMigrations: [], stopping: true };

/** How late a handoff expires at most, unless the server that is expiring them dies. */
const EXPIRE_EVERY_MS = 1_000;

/** How soon what servers of the version before write in scripts without spaces is found. */
const CATCH_UP_EVERY_MS = 5 * 60_000;

/** How late claims are counted that no worker has reported, beside the minute that it has for that. */
const EXPIRE_CLAIMS_EVERY_MS = 5_000;

/** How soon an erasure goes on that another process was stopped in, or that takes longer than its call, and how soon a limit is looked at. */
const ERASE_EVERY_MS = 5_000;

/** How soon files go that are due, beside the hour or the day that they have. */
const REMOVE_FILES_EVERY_MS = 30_000;

/** How often new entries are counted for the figures, where there are many. */
const COUNT_EVERY_MS = 2_000;

/** How often conversations that have become quiet are named for lists by several filters. */
const NAME_EVERY_MS = 60_000;

export interface ServerOptions extends ObservabilityOptions {
  /** The connection string of a replica set, with the database in its path: `mongodb://host/baton`. */
  mongodbUri: string;
  /** 0 takes any free one. */
  port: number;
  /** `127.0.0.1` by default: reachable from this machine only. */
  host?: string;
  /** The folder of the built console, served at `/`; without it there is only the API. */
  consoleFolder?: string;
  log?: Logger;
  /** A connection on which nothing moves for so long is closed, in milliseconds; 60,000 by default. */
  longestSilenceMs?: number;
  /** How often the credentials in use are looked at again, in milliseconds; 1,000 by default. */
  checkCredentialsEveryMs?: number;
  /** Most feeds of one tenant that are open at once; 5,000 by default. */
  feedsOfATenant?: number;
  /** Most bytes of a file; 25 MB by default. */
  fileBytes?: number;
  /** Most commands that wait in the process; 10,000 by default. */
  waitingCommands?: number;
  /**
   * Whether answers that are documents of ours are checked against their schemas once more; true by default. What MongoDB
   * computes always is.
   */
  validateAnswers?: boolean;
  /** How long calls are still taken after `/readyz` says that the server stops, in milliseconds; 0 by default. */
  stopDelayMs?: number;
  /** Those that are not given are the defaults. */
  limits?: Partial<HttpLimits>;
  /**
   * The proxies in front of the server whose `X-Forwarded-Proto`, `-Host` and `-For` are believed, by their addresses
   * and networks. None by default.
   */
  trustProxy?: false | readonly string[];
  /** How long browsers stay signed in: 30 days by default, and 7 days while nobody uses them. */
  sessionLife?: SessionLife | undefined;
  /** A company's issuer of OpenID Connect. None by default. */
  oidc?: OidcOptions | undefined;
  /** The origins whose pages may call with a key: `https://shop.example`. None by default. */
  corsOrigins?: string[];
}

export interface BatonServer extends AsyncDisposable {
  url: string;
  /** The address of the metrics; null where they are not served. */
  metricsUrl: string | null;
  store: Store;
  /** Says that it stops, after a delay takes no new call, finishes those that run (15 s at most) and disconnects from MongoDB. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts the API on a store that has been migrated.
 * @throws StoreUnavailable, or an error with code EADDRINUSE
 */
export async function startServer(options: ServerOptions): Promise<BatonServer> {
  const { host = '127.0.0.1', log = createLog(), trustProxy = false } = options;
  const startedAt = performance.now();
  const observability = await observeProcess(options);
  const { observer, openSpan, commands } = observability;
  const { store, pools, disconnect } = await connectStore(options, {
    commands,
    observer: observer.store,
    onUnreadable: (document) =>
      log.warn({ unreadable: document }, 'A document cannot be read: it is of a newer version, or damaged'),
  });
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const report: ReportFault = (errorId, cause, requestId) =>
    log.error({ errorId, requestId, fault: describeError(cause) }, 'Unexpected fault');

  const company = companyOf(options.oidc, store, log);
  const authentication = new Authentication(store, {
    checkEveryMs: options.checkCredentialsEveryMs,
    tokens: company?.tokens ?? null,
  });
  const addresses = new AddressLimits(limits, clientAddresses(trustProxy));
  const watchProxy = untrustedProxyWatch(trustProxy, (proxy) =>
    log.warn(
      { proxy },
      'A proxy that BATON_TRUST_PROXY does not name forwards requests: its clients share one address',
    ),
  );
  const probe = new ReadinessProbe(() => store.readiness());
  /** From when on calls should go elsewhere. */
  let isLeaving = false;
  const readiness = async () => (isLeaving ? LEAVING : probe.ask());
  observability.follow({ store, pools, isReady: async () => (await readiness()).ready });
  const credentials = new CredentialLimits(limits);
  const trpc = {
    contexts: createContexts({
      store,
      authentication,
      addresses,
      readiness,
      limitsOf: (credential) => credentials.of(credential),
      report,
      startedAt,
      validatesAnswers: options.validateAnswers ?? true,
      companySignIn: options.oidc?.client === undefined ? null : COMPANY_SIGN_IN,
      answerBytes: limits.answerBytes,
      onCall: callListener(observer, log),
      openSpan,
    }),
    limits,
    budget: new BodyBudget(limits.totalBodyBytes),
    slow: new SlowBodies(limits.slowestBytesPerSecond),
    credentials,
    addresses,
  };
  const plain = { ...trpc, report };
  const jsonCalls = new JsonCalls(plain);
  /** Then Fastify refuses every call. */
  let isStopping = false;
  const { budget, slow } = trpc;
  const files = { store, addresses, budget, slow, report, isStopping: () => isStopping };
  const parserErrors = new ParserErrors(report);
  const cors = new Cors(options.corsOrigins ?? []);
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    serverFactory: (serve) => {
      const server = createServer(
        {
          requestTimeout: limits.arrivalMs,
          headersTimeout: Math.min(limits.headersMs, limits.arrivalMs),
          connectionsCheckingInterval: Math.min(1_000, limits.arrivalMs),
          requireHostHeader: false,
          keepAliveTimeout: limits.keepAliveMs,
        },
        (request, response) => {
          nameRequest(request);
          watchProxy(request);
          if (isLeaving) response.shouldKeepAlive = false;
          const { onAnswer } = observer;
          if (onAnswer) response.once('finish', () => onAnswer(response.statusCode));
          if (serveHealth(request, response, readiness) || cors.serve(request, response)) return;
          if (serveFiles(request, response, files)) return;
          const otherwise = () => {
            setCommonHeaders(request, response);
            serve(request, response);
          };
          if (isStopping) otherwise();
          else if (!servePlainFeed(request, response, plain)) jsonCalls.serve(request, response, otherwise);
        },
      );
      // Also closes the feed of a client that has stopped reading.
      return server.setTimeout(options.longestSilenceMs ?? LONGEST_SILENCE_MS);
    },
    clientErrorHandler: (error, socket) => parserErrors.answer(error, socket),
    frameworkErrors: errorHandler(report),
    return503OnClosing: false,
    trustProxy: trustProxy === false ? false : [...trustProxy],
    routerOptions: { maxParamLength: MAX_PATH_LENGTH },
    forceCloseConnections: 'idle',
  });
  app.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  setErrorHandlers(app, report, () => isStopping);
  parserErrors.listen(app.server);
  const stalledReaders = new StalledReaders(limits.slowestBytesPerSecond);
  stalledReaders.follow(app.server);
  addFeedRetry(app);
  await app.register(fastifyCookie);
  mountTrpc(app, trpc);
  if (company !== null && options.oidc?.client !== undefined)
    mountCompanySignIn(app, {
      store,
      issuer: company.issuer,
      options: options.oidc,
      scope: options.oidc.client.scope,
      addresses,
      onFault: (cause, request) =>
        log.warn(
          { requestId: requestIdOf(request.raw), fault: describeError(cause) },
          'A sign-in with the company failed',
        ),
    });
  if (options.consoleFolder !== undefined) await registerConsole(app, options.consoleFolder);

  const closeApp = gracefulShutdown(app);
  const work = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<unknown>) =>
    repeat(name, everyMs, run, log, observer.onWork);
  const works = [
    work('expire handoffs', EXPIRE_EVERY_MS, async () => {
      const expired = await store.expireHandoffs();
      observer.onExpired?.('handoffs', expired);
    }),
    work('end pauses', EXPIRE_EVERY_MS, () => store.endPauses()),
    work('expire follow-ups', EXPIRE_CLAIMS_EVERY_MS, async () => {
      const expired = await store.expireFollowUps();
      observer.onExpired?.('claims', expired);
    }),
    work('count figures', COUNT_EVERY_MS, () => store.rollUp()),
    work('name quiet conversations', NAME_EVERY_MS, () => store.nameQuietConversations()),
    work('erase contacts', ERASE_EVERY_MS, (signal) => store.privacy.goOn(signal)),
    work('erase what is past a limit', ERASE_EVERY_MS, (signal) => store.retention.goOn(signal)),
    work('remove files', REMOVE_FILES_EVERY_MS, (signal) => store.files.removeDue(signal)),
    work('catch up search terms', CATCH_UP_EVERY_MS, () => store.catchUpSearchTerms()),
    work('catch up contacts', CATCH_UP_EVERY_MS, () => store.catchUpKnownContacts()),
  ];
  const stopWorks = () => Promise.all(works.map((each) => each.stop()));

  async function stop(): Promise<void> {
    isLeaving = true;
    // Whoever looks at `/readyz` has time to send calls elsewhere.
    if (options.stopDelayMs) await sleep(options.stopDelayMs);
    // Together: from here on no new call is taken, whatever the repeated work still does.
    await Promise.all([closeApp(), stopWorks(), store.feed.close()]);
    await store.drain();
    await release();
    log.info('Stopped');
  }
  async function release(): Promise<void> {
    stalledReaders[Symbol.dispose]();
    authentication[Symbol.dispose]();
    await disconnect();
    await Promise.all([metricsServer?.close(), observability.shutdown()]);
  }
  let stopping: Promise<void> | undefined;
  const close = () => (stopping ??= stop());

  let metricsServer: MetricsServer | null = null;
  try {
    metricsServer = await observability.serve();
    await app.listen({ port: options.port, host });
  } catch (error) {
    await stopWorks();
    await release();
    throw error;
  }
  // A listening TCP server always has an address of this form.
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  const metricsUrl = metricsServer?.url ?? null;
  log.info({ url, ...(metricsUrl !== null && { metricsUrl }) }, 'Listening');
  return { url, metricsUrl, store, close, [Symbol.asyncDispose]: close };
}

/** Told of each call, where somebody wants to know: metrics, or a log of level `debug`. */
function callListener({ onCall }: ProcessObserver, log: Logger): ContextOptions['onCall'] {
  if (!log.isLevelEnabled('debug')) return onCall;
  return (call, requestId) => {
    onCall?.(call);
    const { path: procedure, code, tookMs } = call;
    log.debug({ requestId, procedure, code, tookMs: Math.round(tookMs * 10) / 10 }, 'Called');
  };
}

/** What a company's issuer lets in; null where there is none. */
function companyOf(options: OidcOptions | undefined, store: Store, log: Logger) {
  if (options === undefined) return null;
  const issuer = new Issuer(options, (cause) =>
    log.warn(
      { issuer: options.issuer, fault: describeError(cause) },
      'The issuer of OpenID Connect cannot be asked',
    ),
  );
  const { audience } = options;
  const tokens = audience === undefined ? null : new CompanyTokens(store, issuer, { ...options, audience });
  return { issuer, tokens };
}

/** The feed has a client of its own: its change stream waits without a socket timeout. */
async function connectStore(
  { mongodbUri, feedsOfATenant, fileBytes, waitingCommands, sessionLife }: ServerOptions,
  {
    commands,
    ...listeners
  }: Pick<StoreOptions, 'observer' | 'onUnreadable'> & Pick<Observability, 'commands'>,
): Promise<{ store: Store; pools: StoreSources['pools']; disconnect: () => Promise<void> }> {
  const { client, db, clock, isSharded, pool } = await connect(mongodbUri, {
    appName: 'baton-server',
    commands,
  });
  try {
    const feed = await connect(mongodbUri, { appName: 'baton-feed', socketTimeoutMs: 0 });
    return {
      store: openStore({
        client,
        db,
        clock,
        isSharded,
        feedDb: feed.db,
        feedsOfATenant,
        sessionLife,
        fileBytes,
        ...listeners,
        ...(waitingCommands !== undefined && { queueLimit: waitingCommands }),
      }),
      pools: { calls: pool, feed: feed.pool },
      async disconnect() {
        await Promise.all([client.close(), feed.client.close()]);
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}
