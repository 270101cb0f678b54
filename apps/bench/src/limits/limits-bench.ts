import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Store } from '@baton/repository';
import { type ConversationId, TenantId } from '@baton/schema';
import { openBenchStore, TENANT } from '../bench-tenant.ts';
import { Child } from '../child.ts';
import { type RawCaller, rawCaller } from '../http/raw-caller.ts';
import { messageText } from '../message-text.ts';
import { type ServerProcess, startServerProcess } from '../start-server-process.ts';
import { quantile } from '../statistics.ts';
import type { CrowdRequest, CrowdState } from './crowd.ts';

export type LimitsOptions = {
  /** Readers for whom nothing comes. */
  idle: number;
  /** Readers of what comes who have stopped reading. */
  stalled: number;
  slowSenders: number;
  /** How long others' calls are measured, without the crowds and with them, in milliseconds. */
  durationMs: number;
};

export type LimitsReport = LimitsOptions & {
  /** Largest resident memory of the server. */
  rssBytes: number;
  /** 99 % of others' calls took at most so long, without the crowds and with them. */
  beforeP99Ms: number;
  duringP99Ms: number;
  p99Ratio: number;
  calls: number;
  /** Of each crowd: open at the end, and ended by the server meanwhile. */
  crowds: Record<'idle' | 'stalled' | 'slowSenders', CrowdState>;
};

/** Fewer hold nothing that counts. */
const FILLED_FROM = 100;
const CALLERS = 4;
const CALL_EVERY_MS = 25;
/** More than the buffers of a connection hold, so that the server itself has something for each who does not read. */
const FIRST_BYTES = 3_200_000;
const MESSAGE_BYTES = 20_000;
const MESSAGES_OF_A_TURN = 4;
const PUBLISH_EVERY_MS = 500;
const FEEDS_OF_A_KEY = 900;
const FEEDS_OF_A_TENANT = 4_500;
const SLOW_OF_A_KEY = 40;
const SLOW_OF_A_TENANT = 1_500;

/**
 * What crowds of idle readers, of stalled ones and of slow senders do to a server with its own default limits, and to another
 * tenant's calls.
 * @param mongodbUri with a database of the bench's own in its path
 */
export async function benchLimits(mongodbUri: string, options: LimitsOptions): Promise<LimitsReport> {
  const { idle, stalled, slowSenders, durationMs } = options;
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const store = await openBenchStore(connection);
  await using server = await startServerProcess(mongodbUri, { hasDefaultLimits: true });
  const quiet = await tenantOf(store, TENANT, 1);
  const target = `/trpc/conversations.get?input=${inputOf(quiet.conversationId)}`;
  const callers = Array.from({ length: CALLERS }, () => rawCaller(server.url, quiet.keys[0] ?? ''));
  await using crowds = await openCrowds();
  await measure(callers, target, durationMs / 4);
  const before = await measure(callers, target, durationMs);

  const openFeeds = async (name: 'idle' | 'stalled', count: number): Promise<Crowded[]> => {
    const crowded: Crowded[] = [];
    for (let left = count, part = 0; left > 0; left -= FEEDS_OF_A_TENANT, part += 1) {
      const share = Math.min(left, FEEDS_OF_A_TENANT);
      const crowd = await tenantOf(
        store,
        TenantId.parse(`${name}-${part}`),
        Math.ceil(share / FEEDS_OF_A_KEY),
      );
      const path = `/trpc/feed.conversation?input=${inputOf(crowd.conversationId)}`;
      await crowds[name]({ what: name, url: server.url, keys: crowd.keys, path, count: share });
      crowded.push(crowd);
    }
    return crowded;
  };
  await openFeeds('idle', idle);
  const [read] = await openFeeds('stalled', stalled);
  for (let left = slowSenders, part = 0; left > 0; left -= SLOW_OF_A_TENANT, part += 1) {
    const share = Math.min(left, SLOW_OF_A_TENANT);
    const crowd = await tenantOf(store, TenantId.parse(`slow-${part}`), Math.ceil(share / SLOW_OF_A_KEY));
    const path = '/trpc/messages.append';
    await crowds.slowSenders({ what: 'slow', url: server.url, keys: crowd.keys, path, count: share });
  }

  using publisher = rawCaller(server.url, read?.keys[0] ?? '');
  if (read !== undefined && stalled >= FILLED_FROM)
    for (let sent = 0; sent < FIRST_BYTES; sent += MESSAGES_OF_A_TURN * MESSAGE_BYTES)
      await publish(publisher, read, MESSAGES_OF_A_TURN);

  const stop = new AbortController();
  const memory = watchMemory(server, stop.signal);
  const publishing = read && publishAgain(publisher, read, stop.signal);
  const during = await measure(callers, target, durationMs);
  stop.abort();
  const rssBytes = await memory;
  await publishing;
  for (const caller of callers) caller[Symbol.dispose]();
  const [beforeP99Ms, duringP99Ms] = [quantile(before, 0.99), quantile(during, 0.99)];
  return {
    ...options,
    rssBytes,
    beforeP99Ms,
    duringP99Ms,
    p99Ratio: duringP99Ms / beforeP99Ms,
    calls: during.length,
    crowds: {
      idle: await crowds.idle({ what: 'state' }),
      stalled: await crowds.stalled({ what: 'state' }),
      slowSenders: await crowds.slowSenders({ what: 'state' }),
    },
  };
}

type Crowded = { conversationId: ConversationId; keys: string[] };

const inputOf = (conversationId: ConversationId) => encodeURIComponent(JSON.stringify({ conversationId }));

async function tenantOf(store: Store, tenantId: TenantId, keys: number): Promise<Crowded> {
  await store.agents.ensureDefaults(tenantId, {});
  const caller = { tenantId, actor: { kind: 'system' as const }, mayForce: false };
  const input = { contactId: 'contact-1', channel: 'web' as const, tags: [], metadata: {} };
  const { conversation } = await store.execute(caller, 'conversations.create', input);
  const created = Array.from({ length: keys }, () =>
    store.apiKeys.create({ tenantId, name: 'bench', role: 'app', agentId: null }),
  );
  return { conversationId: conversation.id, keys: (await Promise.all(created)).map(({ key }) => key) };
}

type Ask = (request: CrowdRequest) => Promise<CrowdState>;

/**
 * A process for each crowd: a process has as many sockets as the system lets it. They are elsewhere in life, so the server
 * goes first here.
 */
async function openCrowds(): Promise<Record<'idle' | 'stalled' | 'slowSenders', Ask> & AsyncDisposable> {
  const open = new AsyncDisposableStack();
  const crowd = (): Ask => {
    const child = open.use(
      new Child<CrowdRequest, CrowdState>(new URL('./crowd-process.ts', import.meta.url), {
        isNice: true,
      }),
    );
    return async (request) => {
      child.send(request);
      return child.answer();
    };
  };
  return {
    idle: crowd(),
    stalled: crowd(),
    slowSenders: crowd(),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** How long each call took, in milliseconds. */
async function measure(callers: readonly RawCaller[], target: string, durationMs: number): Promise<number[]> {
  const took: number[] = [];
  const until = performance.now() + durationMs;
  const callAgain = async (caller: RawCaller) => {
    while (performance.now() < until) {
      const from = performance.now();
      await caller.ask(target);
      took.push(performance.now() - from);
      await sleep(CALL_EVERY_MS);
    }
  };
  await Promise.all(callers.map(callAgain));
  return took;
}

const MEMORY_EVERY_MS = 1_000;

/** The largest resident memory until the signal; no collection is asked for. */
async function watchMemory(server: ServerProcess, signal: AbortSignal): Promise<number> {
  let most = 0;
  do {
    most = Math.max(most, await server.rssBytes());
    await sleep(MEMORY_EVERY_MS, undefined, { signal }).catch(() => undefined);
  } while (!signal.aborted);
  return Math.max(most, await server.rssBytes());
}

let said = 0;

/** Says long messages in a conversation. */
async function publish(caller: RawCaller, { conversationId }: Crowded, count: number): Promise<void> {
  const messages = Array.from({ length: count }, () => {
    said += 1;
    const text = messageText(said).repeat(300).slice(0, MESSAGE_BYTES);
    return { clientMessageId: `said-${said}`, author: { kind: 'customer' }, text };
  });
  await caller.ask('/trpc/messages.appendTurn', { conversationId, messages });
}

async function publishAgain(caller: RawCaller, crowd: Crowded, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await publish(caller, crowd, 1);
    await sleep(PUBLISH_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
