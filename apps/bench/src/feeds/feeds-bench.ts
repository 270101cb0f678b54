import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@baton/repository';
import type { Entry } from '@baton/schema';
import { openBenchStore, TENANT } from '../bench-tenant.ts';
import { Child } from '../child.ts';
import { messageText } from '../message-text.ts';
import { type ServerProcess, startProcess, startServerProcess } from '../start-server-process.ts';
import { median, quantile } from '../statistics.ts';
import type { Arrival, ReadersRequest } from './readers.ts';

export type FeedsOptions = {
  /** How many read one conversation. */
  readers: number;
  /** How many messages they are given, one after the other. */
  events: number;
  /** From one message to the next, in milliseconds. */
  everyMs: number;
  /** How long they wait for nothing first, in milliseconds. */
  idleMs: number;
};

export type FeedsRow = {
  contender: 'raw writes' | 'Baton';
  /** Of the server, for one event and one reader; the CPU of the call that made the event is in it. */
  cpuMicros: number;
  /** Resident memory of the server, for one reader more that has had the events. */
  readerBytes: number;
  /** Of a core, for 1,000 readers that wait for nothing. */
  idleCoreShare: number;
  /** From the answer of the call that made an event to the last reader's having it: median and most. */
  lastReaderMs: number;
  slowestReaderMs: number;
  /** 99 % of other calls meanwhile took at most so long; null where there are none. */
  otherCallsP99Ms: number | null;
};

export type FeedsReport = { rows: FeedsRow[]; cpuRatio: number; memoryRatio: number };

type Contender = {
  name: FeedsRow['contender'];
  server: ServerProcess;
  feed: { url: string; headers: Record<string, string> };
  /** Makes an event. */
  publish: (number: number) => Promise<void>;
  /** Another call; undefined where there is none. */
  other?: () => Promise<void>;
};

/**
 * What one event costs a server that has many readers of one conversation, and when they have it, beside plain writes of
 * the same bytes to as many sockets. The servers and the readers are processes of their own.
 * @param mongodbUri with a database of its own that this call may fill
 */
export async function benchFeeds(mongodbUri: string, options: FeedsOptions): Promise<FeedsReport> {
  const baton = await measureBaton(mongodbUri, options);
  const raw = await measureRaw(baton.frame, options);
  return {
    rows: [raw, baton.row],
    cpuRatio: baton.row.cpuMicros / raw.cpuMicros,
    memoryRatio: baton.row.readerBytes / raw.readerBytes,
  };
}

async function measureBaton(
  mongodbUri: string,
  options: FeedsOptions,
): Promise<{ row: FeedsRow; frame: string }> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const store = await openBenchStore(connection);
  const { key } = await store.apiKeys.create({ tenantId: TENANT, name: 'bench', role: 'app', agentId: null });
  await using server = await startServerProcess(mongodbUri, { feedsOfATenant: options.readers });
  const headers = { authorization: `Bearer ${key}` };
  const call = async (path: string, input: object): Promise<unknown> => {
    const answer = JSON.parse(await ask(`${server.url}/trpc/${path}`, headers, JSON.stringify(input)));
    if (answer.result === undefined) throw new Error(`${path} was refused: ${answer.error?.message}`);
    return answer.result.data;
  };
  // What `conversations.create` and `messages.append` answer.
  const { id: conversationId } = (await call('conversations.create', {
    contactId: 'contact-1',
    channel: 'web',
  })) as { id: string };
  let last: Entry | undefined;
  const input = encodeURIComponent(JSON.stringify({ conversationId }));
  const row = await measure(
    {
      name: 'Baton',
      server,
      feed: { url: `${server.url}/trpc/feed.conversation?input=${input}`, headers },
      async publish(number) {
        const author = { kind: 'customer' };
        const message = {
          conversationId,
          clientMessageId: `said-${number}`,
          author,
          text: messageText(number),
        };
        ({ entry: last } = (await call('messages.append', message)) as { entry: Entry });
      },
      async other() {
        await ask(`${server.url}/trpc/conversations.get?input=${input}`, headers);
      },
    },
    options,
  );
  return { row, frame: `data: ${JSON.stringify(last)}\nid: ${last?.seq}\n\n\n` };
}

async function measureRaw(frame: string, options: FeedsOptions): Promise<FeedsRow> {
  await using server = await startProcess(new URL('./raw-process.ts', import.meta.url), []);
  const publish = async () => void (await ask(server.url, {}, frame));
  return await measure(
    { name: 'raw writes', server, feed: { url: server.url, headers: {} }, publish },
    options,
  );
}

async function measure(
  { name, server, feed, publish, other }: Contender,
  { readers, events, everyMs, idleMs }: FeedsOptions,
): Promise<FeedsRow> {
  await using child = new Child<ReadersRequest, Arrival[]>(new URL('./readers-process.ts', import.meta.url));
  const ofReaders = async (asked: ReadersRequest) => {
    child.send(asked);
    return child.answer();
  };
  // What a process takes once, whoever reads, is not a reader's.
  const first = Math.ceil(readers / 4);
  await ofReaders({ what: 'open', ...feed, count: first });
  const before = await server.usage();
  await ofReaders({ what: 'open', ...feed, count: readers - first });
  // Lets it finish what opening has begun.
  await sleep(Math.min(idleMs, 1_000));
  const idleFrom = await server.usage();
  await sleep(idleMs);
  const idleTo = await server.usage();

  const answered: number[] = [];
  let said = 0;
  const publishAll = async () => {
    for (let number = 0; number < events; number += 1) {
      said += 1;
      await publish(said);
      answered.push(performance.timeOrigin + performance.now());
      await sleep(everyMs);
    }
    return ofReaders({ what: 'wait', events: said });
  };
  const arrivals = await publishAll();
  const after = await server.usage();
  const delays = answered.map((at, event) => Math.max(0, (arrivals[event]?.last ?? Infinity) - at));

  // Their CPU is not that of the feed.
  const otherMs: number[] = [];
  const stop = new AbortController();
  if (other !== undefined) {
    const others = callAgain(other, otherMs, stop.signal);
    await publishAll();
    stop.abort();
    await others;
  }
  return {
    contender: name,
    cpuMicros: (after.cpuMicros - idleTo.cpuMicros) / events / readers,
    readerBytes: Math.max(1, after.rssBytes - before.rssBytes) / (readers - first),
    idleCoreShare: ((idleTo.cpuMicros - idleFrom.cpuMicros) / (idleMs * 1_000) / readers) * 1_000,
    lastReaderMs: median(delays),
    slowestReaderMs: Math.max(...delays),
    otherCallsP99Ms: otherMs.length === 0 ? null : quantile(otherMs, 0.99),
  };
}

/** One call after the other, with a pause that leaves the processor to what is measured. */
async function callAgain(call: () => Promise<void>, took: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const from = performance.now();
    await call();
    took.push(performance.now() - from);
    await sleep(10);
  }
}

const agent = new Agent({ keepAlive: true });

async function ask(url: string, headers: Record<string, string>, body?: string): Promise<string> {
  const method = body === undefined ? 'GET' : 'POST';
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = request(url, { method, headers: { ...type, ...headers }, agent });
  sent.end(body);
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  return answer === undefined ? '' : text(answer);
}
