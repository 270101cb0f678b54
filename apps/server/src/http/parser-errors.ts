import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '@baton/domain';
import { errorAnswer } from '@baton/router';
import { setCommonHeaders } from './common-headers.ts';
import { LINGER_MS, type ReportFault } from './errors.ts';
import { nameRequest } from './request-id.ts';
import { API_HEADERS } from './security-headers.ts';

/** The message and the status of each error of Node's HTTP server; any other is a request that cannot be read. */
const ANSWERS: Record<string, readonly [status: number, message: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large'],
};

/** Answers what Node's HTTP server refuses before it makes a request of it, in the form of all other errors. */
export class ParserErrors {
  readonly #report: ReportFault;
  readonly #latest = new WeakMap<Socket, ServerResponse>();

  constructor(report: ReportFault) {
    this.#report = report;
  }

  /** Takes the place of the answers, without a body, that Node gives by itself. */
  listen(server: Server): void {
    server.on('request', ({ socket }, response) => this.#latest.set(socket, response));
    // Who reads the body asks for it.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      server.emit('request', request, response);
    });
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      const { status, body } = this.#answerOf(417, 'This expectation cannot be met');
      nameRequest(request);
      setCommonHeaders(request, response);
      const headers = { 'content-type': 'application/json; charset=utf-8', connection: 'close' };
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
    server.on('connect', (_request, socket: Socket) => this.#endWith(socket, 405, 'This is no proxy'));
  }

  /** For Node's event `clientError`. */
  answer(error: NodeJS.ErrnoException, socket: Socket): void {
    const response = this.#latest.get(socket);
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy();
    else this.#endWith(socket, ...(ANSWERS[error.code ?? ''] ?? [400, 'The request cannot be read']));
  }

  #answerOf(status: number, message: string): ReturnType<typeof errorAnswer> {
    const refusal = new Refusal(status === 408 ? 'UNAVAILABLE' : 'INVALID_INPUT', message);
    return errorAnswer(refusal, this.#report, status);
  }

  #endWith(socket: Socket, status: number, message: string): void {
    const text = JSON.stringify(this.#answerOf(status, message).body);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
      ...Object.entries(API_HEADERS).map(([name, value]) => `${name}: ${value}`),
    ];
    // What was slow to arrive must not be carried out when its rest arrives after all.
    const lingerMs = status === 408 ? 0 : LINGER_MS;
    socket.on('error', () => undefined);
    socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => {
      setTimeout(() => socket.destroy(), lingerMs).unref();
    });
  }
}
