import type { IncomingMessage, ServerResponse } from 'node:http';
import { entryJson } from '@baton/repository';
import { appRouter, type Context } from '@baton/router';
import type { Entry } from '@baton/schema';
import { callTRPCProcedure, isTrackedEnvelope, TRPCError } from '@trpc/server';
import { isPlain, PREFIX } from './call-head.ts';
import { admitCaller, type AdmissionOptions, admitStranger } from './admission.ts';
import { setCommonHeaders } from './common-headers.ts';
import { answerError, failureOf, type ReportFault } from './errors.ts';
import { eventChunk, EventStream } from './event-stream.ts';
import { findExcess } from './json-shape.ts';
import { setRateHeaders } from './rate-limit.ts';

const FEEDS: ReadonlySet<string> = new Set(['feed.conversation', 'feed.tenant']);

/** The address of a plain request for a feed; null for any other request, which is left to tRPC. */
export function feedUrl(request: IncomingMessage, path: string): URL | null {
  const { method, headers, httpVersion, url = '' } = request;
  const type = headers['content-type'] ?? 'application/json';
  const accept = headers['trpc-accept'] ?? headers.accept ?? '';
  if (method !== 'GET' || httpVersion !== '1.1' || !FEEDS.has(path)) return null;
  if (type !== 'application/json' || accept.includes('jsonl')) return null;
  const parsed = URL.parse(url, 'http://localhost');
  const search = parsed?.searchParams;
  return search?.has('batch') === false && !search.has('connectionParams') ? parsed : null;
}

export interface FeedOptions extends AdmissionOptions {
  report: ReportFault;
}

/**
 * Answers a request for a feed before Fastify, whose objects would be kept for as long as the feed is open; one with a
 * cookie or a body, or that is to be refused by its head, is left to it.
 * @returns whether it is answered here
 */
export function servePlainFeed(
  request: IncomingMessage,
  response: ServerResponse,
  options: FeedOptions,
): boolean {
  const { contexts, limits, report } = options;
  const { headers, url: address = '' } = request;
  if (!address.startsWith(PREFIX)) return false;
  const [path = ''] = address.slice(PREFIX.length).split('?', 1);
  if (!FEEDS.has(path)) return false;
  if (!isPlain(headers) || headers['content-length'] !== undefined) return false;
  const url = feedUrl(request, path);
  if (url === null || findExcess(url.searchParams.get('input') ?? '', limits) !== null) return false;
  const ctx = contexts.ofKey(request, response, 1);
  const admit = async () => {
    const asked = { request, response, context: ctx, hasCommands: false };
    const credential = await ctx.authenticate();
    if (credential === null) admitStranger(asked, [path], options);
    else {
      const caller = admitCaller(asked, credential, options);
      // One that is closed already emits no other `close`.
      if (response.destroyed) return;
      setCommonHeaders(request, response);
      setRateHeaders(response, caller.rate);
      response.on('close', caller.openFeed());
    }
  };
  admit()
    .then(() => serveFeed(request, response, { url, path, ctx }))
    .catch((thrown: unknown) => answerError(request, response, thrown, report));
  return true;
}

/**
 * Answers a request for a feed as tRPC's adapter would, at a fraction of its cost a reader: an entry is made JSON once
 * for all readers, and written straight to each of their sockets.
 */
export async function serveFeed(
  request: IncomingMessage,
  response: ServerResponse,
  { url, path, ctx }: { url: URL; path: string; ctx: Context },
): Promise<void> {
  // One that is closed already emits no other `close`.
  if (response.destroyed) return;
  const signal = signalOfClose(response);
  const opening = callTRPCProcedure({
    router: appRouter,
    path,
    ctx,
    type: 'subscription',
    signal,
    batchIndex: 0,
    getRawInput: async () => inputOf(request, url),
  });
  const opened = await opening.then(
    (entries: AsyncIterable<unknown>) => ({ entries }),
    (cause: unknown) => ({ cause }),
  );
  if (signal.aborted) return;
  const { sse } = appRouter._def._config;
  const stream = new EventStream(response, {
    client: sse?.client ?? {},
    pingEveryMs: sse?.ping?.intervalMs ?? 1_000,
  });
  const { report } = ctx;
  if ('cause' in opened) stream.fail(failureOf(opened.cause, { type: 'subscription', path, report }).shape);
  else void sendEntries(opened.entries, stream, { path, report });
}

/** By itself, because what listens for as long as the feed is open keeps all that its function has at hand. */
function signalOfClose(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  return closed.signal;
}

/** Nobody waits for it, so that a request's context and address are not kept for as long as its feed is open. */
async function sendEntries(
  entries: AsyncIterable<unknown>,
  stream: EventStream,
  { path, report }: { path: string; report: Context['report'] },
): Promise<void> {
  try {
    for await (const item of entries) {
      if (!isTrackedEnvelope<Entry>(item)) throw new Error(`${path} gave something else than an entry`);
      await stream.send(chunkOf(item[0], item[1]));
    }
    stream.end();
  } catch (cause) {
    stream.fail(failureOf(cause, { type: 'subscription', path, report }).shape);
  }
}

/** A conversation's and a tenant's readers know an entry by ids of their own. */
const chunks = new WeakMap<Entry, Map<string, Buffer>>();

/** An entry as it is sent, made once for all readers that know it by this id. */
function chunkOf(id: string, entry: Entry): Buffer {
  const known = chunks.get(entry) ?? new Map<string, Buffer>();
  const chunk = known.get(id) ?? eventChunk(id, entryJson(entry));
  chunks.set(entry, known.set(id, chunk));
  return chunk;
}

/** The input as tRPC reads it, with the id by which an event source comes back. */
function inputOf({ headers }: IncomingMessage, { searchParams }: URL): unknown {
  const text = searchParams.get('input');
  let input: unknown;
  try {
    input = text ? JSON.parse(text) : undefined;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'Invalid input';
    throw new TRPCError({ code: 'BAD_REQUEST', message, cause });
  }
  const lastEventId =
    headers['last-event-id'] ?? searchParams.get('lastEventId') ?? searchParams.get('Last-Event-Id');
  if (!lastEventId) return input;
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input, lastEventId };
  return input ?? { lastEventId };
}
