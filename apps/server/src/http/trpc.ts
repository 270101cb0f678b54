import type { IncomingMessage } from 'node:http';
import { appRouter, retryAfterMs } from '@baton/router';
import type { TRPCError } from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AdmissionOptions, admit, type Admitted, SIGN_IN } from './admission.ts';
import { readBody } from './body.ts';
import { nothingHere, reportUnforeseen } from './errors.ts';
import { feedUrl, serveFeed } from './feed.ts';

/** Serves the procedures at `/trpc/:path`, to requests that are admitted. */
export function mountTrpc(app: FastifyInstance, admission: AdmissionOptions): void {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  function admittedOf(request: FastifyRequest): Admitted {
    const known = admitted.get(request);
    if (known === undefined) throw nothingHere();
    return known;
  }
  // tRPC parses JSON itself. Its own plugin would accept forms too, whose size nothing limits.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const { body, context } = admittedOf(request);
    const text = await readBody(payload, body);
    // A body may take half a minute.
    context.forgetCredential();
    return text;
  });
  app.all<{ Params: { path: string } }>('/trpc/:path', {
    onRequest: async (request, reply) => {
      admitted.set(request, await admit(request, reply, admission));
      if (request.headers.expect !== undefined) reply.raw.writeContinue();
    },
    handler: (request, reply) => {
      const { path } = request.params;
      const { context } = admittedOf(request);
      const url = feedUrl(request.raw, path);
      if (url !== null) {
        reply.hijack();
        return serveFeed(request.raw, reply.raw, { url, path, ctx: context });
      }
      return fastifyRequestHandler({
        router: appRouter,
        req: request,
        res: reply,
        path,
        maxBatchSize: admission.limits.batchCalls,
        // A query that is too long for a URL comes as a body.
        allowMethodOverride: true,
        createContext: () => context,
        responseMeta: ({ errors, eagerGeneration }) => ({
          headers: { ...(!eagerGeneration && JSON_CONTENT), ...headersOfErrors(errors) },
        }),
        onError: ({ error, path: failed }) => {
          reportUnforeseen(error, context.report);
          const isWrongToken = failed === SIGN_IN && error.code === 'UNAUTHORIZED';
          if (isWrongToken) admission.addresses.countFailedSignIn(request.raw);
        },
      });
    },
  });
}

/** tRPC names no type for a request that it refuses as a whole. */
const JSON_CONTENT = { 'content-type': 'application/json' };

/** The headers of an answer with errors. */
export function headersOfErrors(errors: readonly TRPCError[]): Record<string, string> {
  const waits = errors.flatMap((error) => retryAfterMs(error) ?? []);
  return {
    ...(waits.length > 0 && { 'retry-after': String(Math.ceil(Math.max(...waits) / 1_000)) }),
    // Only a mutation gets here with another method than its own.
    ...(errors.some(({ code }) => code === 'METHOD_NOT_SUPPORTED') && { allow: 'POST' }),
  };
}
