import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Store } from '@baton/repository';
import type { AppRouter } from '@baton/router/api';
import type { ConversationId } from '@baton/schema';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { CALLER, openBenchStore, TENANT } from '../bench-tenant.ts';
import { cyclicElement } from '../cyclic-element.ts';
import { measure } from '../measure.ts';
import { messageText } from '../message-text.ts';
import { rawCaller } from './raw-caller.ts';
import { type ServerProcess, startProcess, startServerProcess } from '../start-server-process.ts';
import { median } from '../statistics.ts';
import { verifyTimelines } from '../verify-timelines.ts';

const STOCK = "tRPC's standalone adapter";

export type HttpBenchOptions = {
  rounds: number;
  durationMs: number;
  callers: number;
  conversations: number;
  messages: number;
};

/** What Baton's server and another did with the same calls: medians of the rounds, and of the rounds' ratios. */
export type HttpBenchRow = {
  call: string;
  peer: string;
  baton: HttpFigures;
  other: HttpFigures;
  cpuRatio: number;
  rateRatio: number;
  goal: { figure: 'cpu' | 'rate'; ratio: number };
};

export type HttpFigures = { callsPerSecond: number; cpuMicrosPerCall: number; medianMs: number };

type Call = (caller: number) => Promise<unknown>;

type Contest = Pick<HttpBenchRow, 'call' | 'peer' | 'goal'> & {
  baton: { server: ServerProcess; call: Call };
  other: { server: ServerProcess; call: Call };
};

/**
 * Measures calls over HTTP of Baton's server and of others in turn, each in a process of its own.
 * @param mongodbUri with a database of the bench's own in its path
 * @throws VerificationError
 */
export async function benchHttp(mongodbUri: string, options: HttpBenchOptions): Promise<HttpBenchRow[]> {
  const { callers } = options;
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const store = await openBenchStore(connection);
  const { key } = await store.apiKeys.create({ tenantId: TENANT, name: 'bench', role: 'app' });
  const ids = await fill(store, options);
  const batonIds = await fill(store, { conversations: callers, messages: 0 });
  const otherIds = await fill(store, { conversations: callers, messages: 0 });

  await using baton = await startServerProcess(mongodbUri);
  await using stock = await startProcess(new URL('./stock-process.ts', import.meta.url), [mongodbUri]);
  await using express = await startProcess(new URL('./express-process.ts', import.meta.url), [mongodbUri]);
  const clients = { baton: clientOf(baton, key), other: clientOf(stock, key) };
  using batonCallers = rawCallers(baton, key, callers);
  using stockCallers = rawCallers(stock, key, callers);
  using expressCallers = rawCallers(express, key, callers);

  const byClient = (call: string, ask: (client: TRPCClient<AppRouter>) => Promise<unknown>): Contest => ({
    call: `${call}, by tRPC's client`,
    peer: STOCK,
    goal: { figure: 'cpu', ratio: 0.25 },
    baton: { server: baton, call: () => ask(clients.baton) },
    other: { server: stock, call: () => ask(clients.other) },
  });
  let asked = 0;
  const ofConversations = (path: string, ratio: number): Contest => {
    const target = () => {
      const input = JSON.stringify({ conversationId: cyclicElement(ids, (asked += 1)) });
      return `/trpc/${path}?input=${encodeURIComponent(input)}`;
    };
    return {
      call: `${path} over ${callers} connections`,
      peer: STOCK,
      goal: { figure: 'cpu', ratio },
      baton: { server: baton, call: (caller) => batonCallers.ask(caller, target()) },
      other: { server: stock, call: (caller) => stockCallers.ask(caller, target()) },
    };
  };
  const appends: Contest = {
    call: `messages.append over ${callers} connections`,
    peer: 'Express and mongoose',
    goal: { figure: 'rate', ratio: 5 },
    baton: {
      server: baton,
      call: (caller) => {
        const conversationId = cyclicElement(batonIds, caller);
        return batonCallers.ask(caller, '/trpc/messages.append', { conversationId, ...newMessage('baton') });
      },
    },
    other: {
      server: express,
      call: (caller) => {
        const path = `/conversations/${cyclicElement(otherIds, caller)}/messages`;
        return expressCallers.ask(caller, path, newMessage('express'));
      },
    },
  };
  const contests = [
    byClient('admin.health', ({ admin }) => admin.health.query()),
    byClient('session.get', ({ session }) => session.get.query()),
    ofConversations('conversations.get', 0.25),
    ofConversations('messages.list', 0.4),
    appends,
  ];
  const servers = [baton, stock, express];
  const shares = await Promise.all(servers.map((server) => settle(server)));
  const idle = new Map(servers.map((server, index) => [server, shares[index] ?? 0]));
  const rows: HttpBenchRow[] = [];
  for (const contest of contests) rows.push(await hold(contest, idle, options));
  await verifyTimelines(store.collections);
  return rows;
}

const clientOf = ({ url }: ServerProcess, key: string): TRPCClient<AppRouter> =>
  createTRPCClient({
    links: [httpLink({ url: `${url}/trpc`, headers: { authorization: `Bearer ${key}` } })],
  });

function rawCallers({ url }: ServerProcess, key: string, count: number) {
  const callers = Array.from({ length: count }, () => rawCaller(url, key));
  return {
    ask: (caller: number, path: string, body?: object) => cyclicElement(callers, caller).ask(path, body),
    [Symbol.dispose]() {
      for (const caller of callers) caller[Symbol.dispose]();
    },
  };
}

let messageCount = 0;

function newMessage(by: string) {
  messageCount += 1;
  return {
    clientMessageId: `${by}-${messageCount}`,
    author: { kind: 'customer' as const },
    text: messageText(messageCount),
  };
}

let contactCount = 0;

async function fill(
  store: Store,
  { conversations, messages }: { conversations: number; messages: number },
): Promise<ConversationId[]> {
  const filled = Array.from({ length: conversations }, async () => {
    contactCount += 1;
    const { conversation } = await store.execute(CALLER, 'conversations.create', {
      contactId: `contact-${contactCount}`,
      channel: 'web',
      contact: { name: `Contact ${contactCount}` },
      tags: [],
      metadata: {},
    });
    for (let count = 0; count < messages; count += 1) {
      const message = {
        conversationId: conversation.id,
        ...newMessage('fill'),
        visibility: 'public' as const,
      };
      await store.execute(CALLER, 'messages.append', message);
    }
    return conversation.id;
  });
  return Promise.all(filled);
}

const SETTLED_SHARE = 0.05;
const SETTLE_MS = 250;
const IDLE_MS = 2_000;

/**
 * Waits, some seconds at most, until a server has done what it does after its start.
 * @returns the CPU time that it takes while nobody calls, in microseconds a millisecond
 */
async function settle(server: ServerProcess): Promise<number> {
  for (let look = 0; look < 40; look += 1) {
    if ((await idleShare(server, SETTLE_MS)) < SETTLED_SHARE * 1_000) break;
  }
  return idleShare(server, IDLE_MS);
}

async function idleShare(server: ServerProcess, forMs: number): Promise<number> {
  const before = await server.cpuMicros();
  await sleep(forMs);
  return ((await server.cpuMicros()) - before) / forMs;
}

async function hold(
  { baton, other, ...contest }: Contest,
  idle: ReadonlyMap<ServerProcess, number>,
  { callers, durationMs, rounds }: HttpBenchOptions,
): Promise<HttpBenchRow> {
  const turn = async ({ server, call }: Contest['baton'], turnMs = durationMs): Promise<HttpFigures> => {
    const [before, startedMs] = [await server.cpuMicros(), performance.now()];
    const measured = await measure({ name: contest.call, append: call }, callers, turnMs);
    const idleMicros = (idle.get(server) ?? 0) * (performance.now() - startedMs);
    const micros = (await server.cpuMicros()) - before - idleMicros;
    return {
      callsPerSecond: measured.messagesPerSecond,
      cpuMicrosPerCall: micros / measured.messages,
      medianMs: measured.medianMs,
    };
  };
  // What the compilers of Node have not seen often is slow, and does not count.
  for (const one of [other, baton]) await turn(one, 2 * durationMs);
  const turns: { baton: HttpFigures; other: HttpFigures }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    turns.push({ other: await turn(other), baton: await turn(baton) });
  }
  const medians = (of: 'baton' | 'other'): HttpFigures => ({
    callsPerSecond: median(turns.map((one) => one[of].callsPerSecond)),
    cpuMicrosPerCall: median(turns.map((one) => one[of].cpuMicrosPerCall)),
    medianMs: median(turns.map((one) => one[of].medianMs)),
  });
  const ratio = (figure: keyof HttpFigures) =>
    median(turns.map((one) => one.baton[figure] / one.other[figure]));
  return {
    ...contest,
    baton: medians('baton'),
    other: medians('other'),
    cpuRatio: ratio('cpuMicrosPerCall'),
    rateRatio: ratio('callsPerSecond'),
  };
}
