import type { IncomingMessage, ServerResponse } from 'node:http';
import { appRouter, type Context, type Credential } from '@baton/router';
import { callTRPCProcedure, TRPCError } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import { admitCaller, type AdmissionOptions, admitStranger, type Asked } from './admission.ts';
import { placeUntilClosed } from './body-budget.ts';
import { noRoom, readBody, requireModest } from './body.ts';
import { type Call, type CallHead, readCallHead } from './call-head.ts';
import { commonHeaders } from './common-headers.ts';
import { answerError, failureOf, type ReportFault } from './errors.ts';
import { type RateHeaders, setRateHeaders } from './rate-limit.ts';
import { headersOfErrors } from './trpc.ts';

export interface JsonCallsOptions extends AdmissionOptions {
  report: ReportFault;
}

const HEADERS = ['content-type', 'application/json', 'vary', 'trpc-accept, accept'];

/** The answer to one call as text; of a success only that it is one is kept beside it. */
type Answered = { json: string; answer: TRPCResponse };
const DONE: TRPCResponse = { result: { data: null } };

/**
 * Answers plain JSON calls as tRPC's own adapter does, byte for byte, at a fraction of its cost: no Fastify, no objects of
 * the Fetch API, one write.
 */
export class JsonCalls {
  readonly #options: JsonCallsOptions;

  constructor(options: JsonCallsOptions) {
    this.#options = options;
  }

  /** Answers a request, or hands it on to `otherwise`, with nothing of its body read. */
  serve(request: IncomingMessage, response: ServerResponse, otherwise: () => void): void {
    const head = readCallHead(request, this.#options.limits);
    if (head === null) {
      otherwise();
      return;
    }
    void this.#serveCalls(request, response, head, otherwise);
  }

  async #serveCalls(
    request: IncomingMessage,
    response: ServerResponse,
    head: CallHead,
    otherwise: () => void,
  ): Promise<void> {
    try {
      if (!(await this.#answer(request, response, head))) otherwise();
    } catch (thrown) {
      // Where the connection broke off, nobody waits for an answer.
      if (!response.destroyed) answerError(request, response, thrown, this.#options.report);
    }
  }

  /** @returns whether the request is one to answer here */
  async #answer(request: IncomingMessage, response: ServerResponse, head: CallHead): Promise<boolean> {
    const { calls, isOpen, bodyBytes } = head;
    const context = this.#options.contexts.ofKey(request, response, calls.length);
    const hasCommands = calls[0]?.type === 'mutation';
    const asked = { request, response, context, hasCommands };
    const credential = isOpen ? null : await context.authenticate();
    if (credential === null) {
      if (bodyBytes !== null && !isOpen) return false;
      const paths = calls.map(({ path }) => path);
      admitStranger(asked, paths, this.#options);
      return this.#answerCalls(asked, head, null, null);
    }
    const { rate, startCalls } = admitCaller(asked, credential, this.#options);
    try {
      const end = startCalls();
      try {
        return await this.#answerCalls(asked, head, credential, rate);
      } finally {
        end();
      }
    } catch (refusal) {
      if (!response.headersSent) setRateHeaders(response, rate);
      throw refusal;
    }
  }

  async #answerCalls(
    { request, response, context }: Asked,
    head: CallHead,
    credential: Credential | null,
    rate: RateHeaders | null,
  ): Promise<boolean> {
    if (response.destroyed) return true;
    const { limits, slow } = this.#options;
    const { calls, isBatch } = head;
    let json = head.input;
    if (head.bodyBytes !== null) {
      const { bodyBytes: maxBytes, isOpen } = head;
      const place =
        credential && placeUntilClosed(response, this.#options.budget, credential.tenantId, maxBytes);
      if (place === null && !isOpen) throw noRoom();
      const body = await readBody(request, { maxBytes, shape: limits, isBatch, place, slow });
      // A body may take half a minute.
      context.forgetCredential();
      json = body.replace(BYTE_ORDER_MARKS, '');
    } else if (json !== null) requireModest(json, { shape: limits, isBatch });

    const inputOf = inputsOf(json, head);
    const errors: TRPCError[] = [];
    const answering = calls.map((call, batchIndex) => {
      const options = { ctx: context, batchIndex, getRawInput: async () => inputOf(batchIndex) };
      return this.#call(call, options, errors);
    });
    const answered = await Promise.all(answering);
    if (response.destroyed) return true;
    const answers = answered.map(({ answer }) => answer);
    const texts = answered.map((each) => each.json).join(',');
    const text = isBatch ? `[${texts}]` : texts;
    const status = errors.length === 0 ? 200 : getHTTPStatusCode(answers);
    const headers = [...HEADERS, 'content-length', `${Buffer.byteLength(text)}`, ...commonHeaders(request)];
    if (rate !== null) headers.push('ratelimit-policy', rate.policy, 'ratelimit', rate.state);
    if (errors.length > 0) headers.push(...Object.entries(headersOfErrors(errors)).flat());
    response.writeHead(status, headers);
    response.end(text);
    return true;
  }

  async #call(
    { path, type }: Call,
    options: { ctx: Context; batchIndex: number; getRawInput: () => Promise<unknown> },
    errors: TRPCError[],
  ): Promise<Answered> {
    try {
      const data = await callTRPCProcedure({ router: appRouter, path, type, signal: undefined, ...options });
      const json = options.ctx.answers?.jsonOf(data);
      const isKnown = json !== undefined;
      return {
        json: isKnown ? `{"result":{"data":${json}}}` : JSON.stringify({ result: { data } }),
        answer: DONE,
      };
    } catch (cause) {
      const { error, shape } = failureOf(cause, { type, path, report: options.ctx.report });
      errors.push(error);
      const answer = { error: shape };
      return { json: JSON.stringify(answer), answer };
    }
  }
}

/** The byte order marks that the Fetch API of Node takes away before it parses JSON, and so tRPC's own adapter. */
const BYTE_ORDER_MARKS = /^\uFEFF{1,2}/;

/**
 * The input of each call, read once one asks for it.
 * @returns a function that throws TRPCError
 */
function inputsOf(json: string | null, { isBatch, bodyBytes }: CallHead): (index: number) => unknown {
  const isEmpty = json === null || (json === '' && bodyBytes === null);
  let inputs: unknown;
  let isRead = isEmpty;
  return (index) => {
    if (!isRead) {
      inputs = parseJson(json ?? '');
      isRead = true;
    }
    if (isEmpty || !isBatch) return inputs;
    if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
      const message = '"input" needs to be an object when doing a batch call';
      throw new TRPCError({ code: 'BAD_REQUEST', message });
    }
    // Any object may be asked for a member by a name.
    return Object.hasOwn(inputs, index) ? (inputs as Record<number, unknown>)[index] : undefined;
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: cause instanceof Error ? cause.message : '', cause });
  }
}
