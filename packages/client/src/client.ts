import type { AppRouter } from '@baton/router/api';
import { LONE_PROCEDURES, MAX_BATCH_CALLS, MAX_BODY_BYTES } from '@baton/schema';
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  type Operation,
  retryLink,
  splitLink,
  type TRPCClient,
} from '@trpc/client';
import { EventSource as EventSourceWithHeaders } from 'eventsource';
import { UnexpectedAnswer } from './error.ts';
import { Files } from './files.ts';
import { idempotencyLink } from './idempotency-link.ts';
import { isAlone, retryAlone, retryDelayMs, shouldRetry } from './retry.ts';
import { ConversationReplica, type WatchOptions } from './watch.ts';

export type BatonOptions = {
  /** Where the server is, without `/trpc`: `http://localhost:4000`. */
  url: string;
  /** A tenant's key. A browser that has signed in by cookie needs none. */
  apiKey?: string;
  /** How often a call is made at most while the server is away; 5 without it, 1 for no retry. */
  attempts?: number;
  fetch?: typeof fetch;
};

export type Baton = {
  /** Where the server is, without `/trpc`. */
  url: string;
  /** Every procedure, typed: `baton.api.conversations.get.query({ conversationId })`. */
  api: TRPCClient<AppRouter>;
  /** Sends the contents of files, and fetches them. */
  files: Files;
  /** A live replica of one conversation; close it when it is no longer looked at. */
  watch(conversationId: string, options?: WatchOptions): ConversationReplica;
};

/** Most characters of a URL, and what of it is for the names of procedures. */
const MAX_URL_LENGTH = 8_000;
const ROOM_FOR_PATHS = 500;

/** Longest input that shares a request, in characters: a full batch of them stays below the limit of a body. */
const MAX_SHARED_INPUT = Math.floor(MAX_BODY_BYTES / MAX_BATCH_CALLS / 3) - 100;

/** Whether a query is too long for a URL, and is sent as a body. */
function isLong({ type, input }: Pick<Operation, 'type' | 'input'>): boolean {
  if (type !== 'query' || input === undefined) return false;
  return encodeURIComponent(JSON.stringify(input)).length > MAX_URL_LENGTH - ROOM_FOR_PATHS;
}

/** Whether a call takes a request of its own: because of what it asks, or because a batch of its like is too large. */
function isLone({ type, path, input }: Pick<Operation, 'type' | 'path' | 'input'>): boolean {
  if (LONE_PROCEDURES.has(path)) return true;
  return type === 'mutation' && input !== undefined && JSON.stringify(input).length > MAX_SHARED_INPUT;
}

/** The procedures alone, as `createBaton` calls them: for an app that loads its live replicas later. */
export function createApi(options: BatonOptions): TRPCClient<AppRouter> {
  const url = new URL('/trpc', options.url).href;
  const attempts = options.attempts ?? 5;
  const { apiKey } = options;
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const fetchOnce = options.fetch ?? fetch;
  // A key needs no cookie, and a page of another origin may send none.
  const credentials = apiKey === undefined ? 'include' : 'omit';
  const fetchWithCookie: typeof fetch = (input, init) => fetchOnce(input, { ...init, credentials });
  const attemptsOf = (op: Operation) => (isAlone(op) ? attempts + 1 : attempts);
  /** Why the latest call is made again: tRPC asks for the delay at once, and does not say. */
  let latest: unknown;
  const fetchJson: typeof fetch = async (input, init) => {
    const response = await fetchWithCookie(input, init);
    if (response.headers.get('content-type')?.startsWith('application/json') === true) return response;
    await response.body?.cancel();
    throw new UnexpectedAnswer(options.url, response.status);
  };

  return createTRPCClient<AppRouter>({
    links: [
      idempotencyLink(),
      retryLink({
        retry: (failed) => {
          latest = failed.error;
          return retryAlone(failed) || shouldRetry(failed, attemptsOf(failed.op));
        },
        retryDelayMs: (attempt) => retryDelayMs(attempt, latest),
      }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url,
          EventSource: EventSourceWithHeaders,
          eventSourceOptions: {
            withCredentials: apiKey === undefined,
            fetch: (input, init) =>
              fetchWithCookie(input, { ...init, headers: { ...init.headers, ...headers } }),
          },
        }),
        false: splitLink({
          condition: isLong,
          true: httpLink({ url, headers, methodOverride: 'POST', fetch: fetchJson }),
          false: splitLink({
            condition: (op) => isAlone(op) || isLone(op),
            true: httpLink({ url, headers, fetch: fetchJson }),
            false: httpBatchLink({
              url,
              headers,
              maxItems: MAX_BATCH_CALLS,
              maxURLLength: MAX_URL_LENGTH,
              fetch: fetchJson,
            }),
          }),
        }),
      }),
    ],
  });
}

/**
 * An app's way to Baton. Calls of one tick share a request, unless they are large; a call that found the server away is made again
 * where that does no harm; every command gets an idempotency key, so that none is done twice.
 */
export function createBaton(options: BatonOptions): Baton {
  const api = createApi(options);
  return {
    url: options.url,
    api,
    files: new Files(api, options),
    watch: (conversationId, watched) => new ConversationReplica(api, conversationId, watched),
  };
}
