import { appRouter, type Context, UnexpectedFault } from '@baton/router';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

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
  app.all<{ Params: { path: string } }>('/trpc/:path', (request, reply) =>
    fastifyRequestHandler({
      router: appRouter,
      req: request,
      res: reply,
      path: request.params.path,
      // A query that is too long for a URL comes as a body.
      allowMethodOverride: true,
      createContext: () => contextOf(request, reply),
      onError({ error }) {
        const isReported = error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof UnexpectedFault;
        if (!isReported) report(crypto.randomUUID(), error);
      },
    }),
  );
}
