import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import { appRouter, errorAnswer, retryAfterMs, UnexpectedFault } from '@baton/router';
import { getTRPCErrorFromUnknown, type TRPCError, type TRPCProcedureType } from '@trpc/server';
import { getErrorShape } from '@trpc/server/unstable-core-do-not-import';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setCommonHeaders } from './common-headers.ts';
import { RequestRefusal } from './request-refusal.ts';
import { requestIdOf } from './request-id.ts';

/** Writes an unexpected fault to the log, with the id that the caller is given and the one of its request. */
export type ReportFault = (errorId: string, cause: unknown, requestId?: string) => void;

/** What is left of a request that Node reads to its end, in bytes, so that the connection can go on. */
const MAX_DRAINED_BYTES = 64 * 1024;

/** How long a client whose request is not read has to read the answer, in milliseconds. */
export const LINGER_MS = 1_000;

/**
 * What a procedure failed with, in the form that tRPC gives it; the log is told where nobody foresaw it.
 */
export function failureOf(
  cause: unknown,
  { type, path, report }: { type: TRPCProcedureType; path: string; report: ReportFault },
) {
  const error = getTRPCErrorFromUnknown(cause);
  reportUnforeseen(error, report);
  const { _config: config } = appRouter._def;
  return { error, shape: getErrorShape({ config, error, type, path, input: undefined, ctx: undefined }) };
}

/** Reports what a procedure failed with, where nobody foresaw it and the procedure has not reported it itself. */
export function reportUnforeseen(error: TRPCError, report: ReportFault): void {
  const isReported = error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof UnexpectedFault;
  if (!isReported) report(crypto.randomUUID(), error);
}

/** Answers what fails before tRPC sees it in the form of tRPC's own errors. */
export function setErrorHandlers(app: FastifyInstance, report: ReportFault, isStopping: () => boolean): void {
  app.addHook('onRequest', (request, _reply, done) => done(refusalOfHead(request, isStopping())));
  app.setErrorHandler(errorHandler(report));
  app.setNotFoundHandler((request, reply) => sendError(request, reply, nothingHere(), report));
}

/** Answers an error of Fastify, or what a hook or a handler has thrown. */
export function errorHandler(report: ReportFault) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void =>
    sendError(request, reply, refusalOf(error), report);
}

function refusalOfHead({ method, raw }: FastifyRequest, isStopping: boolean): Refusal | undefined {
  if (isStopping) return new Refusal('UNAVAILABLE', 'The server stops; try again', { retryAfterMs: 1_000 });
  if (method === 'POST' || !hasLargeRest(raw)) return undefined;
  return new RequestRefusal(400, 'INVALID_INPUT', `${method} takes no body`);
}

export function nothingHere(): Refusal {
  return new Refusal('NOT_FOUND', 'Nothing is here; procedures are below /trpc');
}

/** Fastify's own errors as refusals; any other as it is. */
function refusalOf(error: unknown): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error;
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 500 ? error : new RequestRefusal(status, 'INVALID_INPUT', messageOf(status));
}

function messageOf(status: number): string {
  if (status === 414) return 'The address is too long; send the call as a body';
  if (status === 415) return 'Send JSON: content-type: application/json';
  return 'The request cannot be read';
}

/** Answers a request that reaches no procedure. */
export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  report: ReportFault,
): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  answerError(request.raw, reply.raw, thrown, report);
}

/** The same for a request that Fastify does not have. */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  thrown: unknown,
  report: ReportFault,
): void {
  const { status, body } = errorAnswer(
    thrown,
    (errorId, cause) => report(errorId, cause, requestIdOf(request)),
    thrown instanceof RequestRefusal ? thrown.statusCode : undefined,
  );
  const wait = retryAfterMs(thrown);
  // What is slow to come is not waited for either.
  const isUnread = hasLargeRest(request) || status === 408;
  const text = JSON.stringify(body);
  setCommonHeaders(request, response);
  if (wait !== null) response.setHeader('retry-after', Math.ceil(wait / 1_000));
  if (status === 405) response.setHeader('allow', 'GET, POST');
  if (isUnread) response.setHeader('connection', 'close');
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  };
  response.writeHead(status, headers);
  if (isUnread) lingerAfter(response, text);
  else {
    // The connection's next request comes after what is left of one that was refused midway.
    request.resume();
    response.end(text);
  }
}

/** Whether more of a request is to come than is worth reading. */
function hasLargeRest({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  // The client may or may not send what it has asked for leave to send.
  if (headers.expect !== undefined || headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > MAX_DRAINED_BYTES;
}

/**
 * Ends an answer without reading the rest of its request. The connection stays for a moment, as one that is closed
 * with unread bytes is reset, and the client may lose the answer.
 */
function lingerAfter(response: ServerResponse, text: string): void {
  // Complete for the client. Once it is ended, Node reads and drops what is left.
  response.write(text);
  const timer = setTimeout(() => response.destroy(), LINGER_MS);
  response.once('close', () => clearTimeout(timer));
}
