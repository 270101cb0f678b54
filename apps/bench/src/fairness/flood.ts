import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { cyclicElement } from '../cyclic-element.ts';
import { messageText } from '../message-text.ts';

/** How much of everything a tenant asks for at once. */
export type FloodSize = { commands: number; searches: number; feeds: number };

export type FloodOptions = FloodSize & {
  url: string;
  apiKey: string;
  conversationIds: readonly string[];
  /** The word that it searches for. */
  word: string;
};

/** What a flood has had so far. */
export type FloodCounts = {
  commands: number;
  refusedCommands: number;
  searches: number;
  failedSearches: number;
  feedsOpened: number;
  /** Most at once. */
  mostFeeds: number;
  feedBytes: number;
};

/** Calls of one request; Baton's client sends as many. */
const BATCH = 50;
/** A caller that was refused comes back after so long, in milliseconds; a feed that has ended after so long. */
const COME_BACK_MS = 1_000;

/** One tenant that wants everything at once, as often as it is served; it ends with `signal`. */
export async function flood(options: FloodOptions, signal: AbortSignal): Promise<FloodCounts> {
  const counts: FloodCounts = {
    commands: 0,
    refusedCommands: 0,
    searches: 0,
    failedSearches: 0,
    feedsOpened: 0,
    mostFeeds: 0,
    feedBytes: 0,
  };
  let feedsOpen = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const name = `flood-${crypto.randomUUID()}`;
  let messages = 0;

  function ask(method: string, path: string, body?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${options.apiKey}`,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      };
      const sent = request(`${options.url}/trpc/${path}`, { method, headers, agent, signal }, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Keeps one request of many commands waiting. */
  async function sendCommands(index: number): Promise<void> {
    const path = `${Array.from({ length: BATCH }, () => 'messages.append').join(',')}?batch=1`;
    while (!signal.aborted) {
      const inputs = Array.from({ length: BATCH }, (_, call) => {
        messages += 1;
        return [
          call,
          {
            conversationId: cyclicElement(options.conversationIds, index * BATCH + call),
            clientMessageId: `${name}-${messages}`,
            author: { kind: 'customer' },
            text: messageText(messages),
          },
        ];
      });
      const text = await ask('POST', path, JSON.stringify(Object.fromEntries(inputs)))
        .then(readText)
        .catch(() => '');

      // What was asked last has no answer.
      if (signal.aborted) return;
      const done = text.split('{"result":').length - 1;
      const refused = BATCH - done;
      counts.commands += done;
      counts.refusedCommands += refused;
      if (refused > 0) await pause();
    }
  }

  async function search(): Promise<void> {
    const input = encodeURIComponent(JSON.stringify({ text: options.word }));
    while (!signal.aborted) {
      const ok = await ask('GET', `search.messages?input=${input}`)
        .then(async (answer) => (await readText(answer)) !== '' && answer.statusCode === 200)
        .catch(() => false);
      if (signal.aborted) return;
      if (ok) counts.searches += 1;
      else {
        counts.failedSearches += 1;
        await pause();
      }
    }
  }

  /** Half of them follow the whole tenant, the others a conversation each. */
  async function follow(index: number): Promise<void> {
    const conversationId = cyclicElement(options.conversationIds, index);
    const path =
      index % 2 === 0
        ? 'feed.tenant?input=%7B%7D'
        : `feed.conversation?input=${encodeURIComponent(JSON.stringify({ conversationId }))}`;
    while (!signal.aborted) {
      const answer = await ask('GET', path).catch(() => null);
      if (answer !== null) {
        counts.feedsOpened += 1;
        feedsOpen += 1;
        counts.mostFeeds = Math.max(counts.mostFeeds, feedsOpen);
        answer.on('data', (chunk: Buffer) => {
          counts.feedBytes += chunk.length;
        });
        await once(answer, 'close').catch(() => undefined);
        feedsOpen -= 1;
      }
      await pause();
    }
  }

  const pause = () =>
    sleep(COME_BACK_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  await Promise.all([
    ...Array.from({ length: Math.ceil(options.commands / BATCH) }, (_, index) => sendCommands(index)),
    ...Array.from({ length: options.searches }, () => search()),
    ...Array.from({ length: options.feeds }, (_, index) => follow(index)),
  ]);
  agent.destroy();
  return counts;
}
