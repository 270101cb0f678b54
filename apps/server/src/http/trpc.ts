import { appRouter, type Context, UnexpectedFault } from '@baton/router';
import type { TRPCError } from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { feedUrl, serveFeed } from './feed.ts';

/** Serves the procedures at `/trpc/:path`. */
export function mountTrpc(
  app: FastifyInstance,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Context,
  report: Context['report'],
): void {
  // tRPC parses JSON itself. Its own plugin would accept forms too, whose size nothing limits.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  const onError = (error: TRPCError) => {
    const isReported = error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof UnexpectedFault;
    if (!isReported) report(crypto.randomUUID(), error);
  };
  app.all<{ Params: { path: string } }>('/trpc/:path', (request, reply) => {
    const { path } = request.params;
    const url = feedUrl(request, path);
    if (url !== null)
      return serveFeed(request, reply, { url, path, ctx: contextOf(request, reply), onError });
    return fastifyRequestHandler({
      router: appRouter,
      req: request,
      res: reply,
      path,
      // A query that is too long for a URL comes as a body.
      allowMethodOverride: true,
      createContext: () => contextOf(request, reply),
      onError: ({ error }) => onError(error),
    });
  });
}
