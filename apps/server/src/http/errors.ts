import { type Context, UnexpectedFault } from '@baton/router';
import type { ErrorCode } from '@baton/schema';
import type { FastifyInstance } from 'fastify';

/** Largest request that is read: a turn of 100 messages of the longest text fits. */
export const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** Answers what fails before tRPC sees it in the form of tRPC's own errors. */
export function setErrorHandlers(app: FastifyInstance, report: Context['report']): void {
  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      const fault = new UnexpectedFault(crypto.randomUUID(), error);
      report(fault.errorId, error);
      void reply.status(status).send(errorBody('INTERNAL', status, fault.message, fault.errorId));
    } else if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      const message = `The request is larger than ${BODY_LIMIT_BYTES} bytes`;
      void reply.status(status).send(errorBody('BODY_TOO_LARGE', status, message));
    } else {
      void reply.status(status).send(errorBody('INVALID_INPUT', status, 'The request cannot be read'));
    }
  });
  app.setNotFoundHandler((_request, reply) => {
    void reply.status(404).send(errorBody('NOT_FOUND', 404, 'Nothing is here; procedures are below /trpc'));
  });
}

function errorBody(code: ErrorCode, httpStatus: number, message: string, errorId?: string): object {
  return { error: { message, code: -32_600, data: { code, httpStatus, baton: { code, errorId } } } };
}
