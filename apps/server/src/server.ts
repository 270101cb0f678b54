import type { AddressInfo, Socket } from 'node:net';
import { connect, openStore, SESSION_MS, type Store } from '@baton/repository';
import { appRouter, type Context, UnexpectedFault } from '@baton/router';
import type { ErrorCode } from '@baton/schema';
import { fastifyCookie } from '@fastify/cookie';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Authentication } from './http/authentication.ts';
import { registerConsole } from './http/console.ts';
import { createLog, faultOf } from './observe/log.ts';
import { repeat } from './workers/repeat.ts';

/** Largest request that is read: a turn of 100 messages of the longest text fits. */
export const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** A batch of calls names each of them in the address. */
const LONGEST_PATH = 8_000;

const SESSION_COOKIE = 'baton_session';
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' } as const;

const LONGEST_SILENCE_MS = 60_000;

/** How long a call may run on while the server stops, and how often it looks for connections that are done. */
const LONGEST_CALL_MS = 15_000;
const SWEEP_MS = 50;

/** After how many milliseconds a reader of the feed comes back after a break, at least; twice that at most. */
const SOONEST_RETURN_MS = 400;

/** How long a feed that is open outlives its key or its session at most. */
const REAUTHENTICATE_EVERY_MS = 20_000;

/** How late a handoff expires at most. */
const EXPIRY_EVERY_MS = 1_000;

export type ServerOptions = {
  /** The connection string of a replica set, with the database in its path: `mongodb://host/baton`. */
  mongodbUri: string;
  /** 0 takes any free one. */
  port: number;
  /** `127.0.0.1` without it: reachable from this machine only. */
  host?: string;
  /** The folder of the built console, served at `/`; without it there is the API only. */
  consoleFolder?: string;
  log?: Logger;
  /** How long a connection may take nothing and send nothing before it is cut, in milliseconds; 60,000 without it. */
  longestSilenceMs?: number;
  /** How often the credential of an open feed is looked up again, in milliseconds; 20,000 without it. */
  reauthenticateEveryMs?: number;
};

export type BatonServer = {
  url: string;
  store: Store;
  /** Takes no new call, finishes those that run (15 s at most), lets go of MongoDB. Once, however often it is called. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Starts the API on a store that has been migrated.
 * @throws StoreUnavailable, or an error with code EADDRINUSE
 */
export async function startServer(options: ServerOptions): Promise<BatonServer> {
  const log = options.log ?? createLog();
  const startedAt = Date.now();
  const { client, db } = await connect(options.mongodbUri, { appName: 'baton-server' });
  const feed = await connect(options.mongodbUri, { appName: 'baton-feed', socketTimeoutMs: 0 }).catch(
    async (error: unknown) => {
      await client.close();
      throw error;
    },
  );
  const store = openStore({ client, db, feedDb: feed.db });
  const authentication = new Authentication(store);

  const report: Context['report'] = (errorId, cause) =>
    log.error({ errorId, fault: faultOf(cause) }, 'Unexpected fault');

  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: LONGEST_PATH },
    forceCloseConnections: 'idle',
    // A reader that no longer reads: its line would stand, full, for as long as it likes.
    connectionTimeout: options.longestSilenceMs ?? LONGEST_SILENCE_MS,
  });

  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      const fault = new UnexpectedFault(crypto.randomUUID(), error);
      report(fault.errorId, error);
      void reply.status(status).send(wireError('INTERNAL', status, fault.message, fault.errorId));
    } else if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      const message = `The request is larger than ${BODY_LIMIT_BYTES} bytes`;
      void reply.status(status).send(wireError('BODY_TOO_LARGE', status, message));
    } else {
      void reply.status(status).send(wireError('INVALID_INPUT', status, 'The request cannot be read'));
    }
  });
  app.setNotFoundHandler((_request, reply) => {
    void reply.status(404).send(wireError('NOT_FOUND', 404, 'Nothing is here; procedures are below /trpc'));
  });

  function contextOf(req: FastifyRequest, res: FastifyReply): Context {
    const secret = isSameOrigin(req) ? req.cookies[SESSION_COOKIE] : undefined;
    // Any change may be one of the session itself, so the calls after it look it up again.
    if (secret !== undefined && req.method !== 'GET') {
      authentication.forgetSession(secret);
      res.raw.once('close', () => authentication.forgetSession(secret));
    }
    const lookUp = async () =>
      (await authentication.credentialOf(req.headers.authorization)) ??
      (await authentication.credentialOfSession(secret));
    let credential: ReturnType<typeof lookUp> | undefined;
    const authenticate = () => (credential ??= lookUp());
    const reauthenticate = () => {
      authentication.forgetKey(req.headers.authorization);
      authentication.forgetSession(secret);
      return lookUp();
    };
    const setSession = (next: string | null) => {
      if (next === null) void res.clearCookie(SESSION_COOKIE, COOKIE);
      else void res.setCookie(SESSION_COOKIE, next, { ...COOKIE, maxAge: SESSION_MS / 1_000 });
    };
    return {
      store,
      authenticate,
      reauthenticate,
      reauthenticateEveryMs: options.reauthenticateEveryMs ?? REAUTHENTICATE_EVERY_MS,
      report,
      setSession,
      startedAt,
    };
  }

  app.addHook('onSend', async (_request, _reply, payload) =>
    payload instanceof Response && isFeed(payload) ? withReturn(payload) : payload,
  );
  await app.register(fastifyCookie);
  // tRPC parses JSON itself. Its own plugin would let forms in too, whose size nothing bounds.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.all<{ Params: { path: string } }>('/trpc/:path', (req, res) =>
    fastifyRequestHandler({
      router: appRouter,
      req,
      res,
      path: req.params.path,
      // A question that is too long for an address comes as a body.
      allowMethodOverride: true,
      createContext: () => contextOf(req, res),
      onError: ({ error }) => {
        const isReported = error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof UnexpectedFault;
        if (!isReported) report(crypto.randomUUID(), error);
      },
    }),
  );

  if (options.consoleFolder !== undefined) await registerConsole(app, options.consoleFolder);

  const expiry = repeat('expire handoffs', EXPIRY_EVERY_MS, () => store.expireHandoffs(), log);

  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  app.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.server.on('request', ({ socket }, response) => {
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });

  async function stop(): Promise<void> {
    await Promise.all([expiry.stop(), store.feed.close()]);
    // A connection is let go as soon as no call runs on it, one that never made any included.
    const sweep = setInterval(() => {
      for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon();
    }, SWEEP_MS);
    const deadline = setTimeout(() => app.server.closeAllConnections(), LONGEST_CALL_MS);
    await app.close();
    clearInterval(sweep);
    clearTimeout(deadline);
    await store.drain();
    await Promise.all([client.close(), feed.client.close()]);
    log.info('Stopped');
  }

  let stopping: Promise<void> | undefined;
  const close = () => (stopping ??= stop());

  try {
    await app.listen({ port: options.port, host: options.host ?? '127.0.0.1' });
  } catch (error) {
    await expiry.stop();
    await Promise.all([client.close(), feed.client.close()]);
    throw error;
  }
  // A listening TCP server always has an address of this form.
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${options.host ?? '127.0.0.1'}:${port}`;
  log.info({ url }, 'Listening');
  return { url, store, close, [Symbol.asyncDispose]: close };
}

/** Whether a request comes from a page of this very server: a cookie counts for nobody else's. */
function isSameOrigin({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  return origin === undefined || URL.parse(origin)?.host === host;
}

function isFeed({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** Tells a reader how soon to come back after a break; without it that takes 3 s. Spread, so that not all come at once. */
function withReturn({ body, status, headers }: Response): Response {
  const afterMs = Math.round(SOONEST_RETURN_MS * (1 + Math.random()));
  const first = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`retry: ${afterMs}\n\n`)),
  });
  return new Response(body?.pipeThrough(first), { status, headers });
}

/** An error in tRPC's form, for what fails before tRPC sees it. */
function wireError(code: ErrorCode, httpStatus: number, message: string, errorId?: string): object {
  return { error: { message, code: -32_600, data: { code, httpStatus, baton: { code, errorId } } } };
}
