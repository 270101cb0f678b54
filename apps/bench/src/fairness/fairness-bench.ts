import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, connect, migrate, openStore, type Store } from '@baton/repository';
import { type ConversationId, TenantId } from '@baton/schema';
import { cyclicElement } from '../cyclic-element.ts';
import { messageText } from '../message-text.ts';
import { startServerProcess } from '../start-server-process.ts';
import { median, quantile } from '../statistics.ts';
import { Child } from '../child.ts';
import type { FloodCounts, FloodOptions, FloodSize } from './flood.ts';
import { measureMachine } from './machine-load.ts';
import type { QuietOptions, QuietResult } from './quiet.ts';

export type FairnessOptions = {
  rounds: number;
  /** How long each turn is, with the flood and without, in milliseconds. */
  durationMs: number;
  /** How long a flood goes on before it is measured, in milliseconds. */
  floodLeadMs: number;
  flood: FloodSize;
  /** Messages that the flooding tenant has, all with the word that it searches for. */
  messages: number;
  onTurn?: (round: number, isFlooded: boolean) => void;
};

/** Milliseconds; the ratio is the median of the rounds' ratios. */
export type FairnessRow = {
  call: 'append' | 'get';
  quietP50Ms: number;
  quietP99Ms: number;
  floodedP50Ms: number;
  floodedP99Ms: number;
  ratioP50: number;
  ratioP99: number;
};

export type FairnessReport = {
  rows: FairnessRow[];
  /** How many calls of the quiet tenant were refused, and why. */
  refused: { quiet: number; flooded: number; reasons: string[] };
  /** How busy the machine was, 0 to 1. */
  busy: { quiet: number; flooded: number };
  /** Of the last round. */
  flood: FloodCounts;
};

type Turn = QuietResult & { busy: number };
type Round = { quiet: Turn; flooded: Turn; flood: FloodCounts };

const WORD = 'price';
const FLOODED_CONVERSATIONS = 400;
const QUIET_CALLERS = 4;
const WARM_UP_MS = 1_000;

/**
 * What one tenant's calls take while another asks for everything at once, beside what they take without: in each round
 * first without, then with the flood, on one server in a process of its own and a database that this call may fill.
 * @param mongodbUri with that database in its path
 */
export async function benchFairness(mongodbUri: string, options: FairnessOptions): Promise<FairnessReport> {
  const { durationMs, floodLeadMs } = options;
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  await migrate(connection.db);
  const store = openStore(connection);
  const flooding = await aTenant(store, 'flood', FLOODED_CONVERSATIONS);
  const other = await aTenant(store, 'quiet', QUIET_CALLERS);
  await say(store, flooding, options.messages);

  await using server = await startServerProcess(mongodbUri);
  await using quiet = new Child<QuietOptions, QuietResult>(new URL('./quiet-process.ts', import.meta.url));
  // The machine is the server's: what sends the flood must not take what is measured.
  await using flood = new Child<FloodOptions | 'stop', FloodCounts>(
    new URL('./flood-process.ts', import.meta.url),
    { isNice: true },
  );
  const { url } = server;
  const turn = async (turnMs: number): Promise<Turn> => {
    const busy = measureMachine();
    quiet.send({ url, apiKey: other.key, conversationIds: other.conversationIds, durationMs: turnMs });
    return { ...(await quiet.answer()), busy: busy() };
  };
  await turn(Math.min(durationMs, WARM_UP_MS));
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    options.onTurn?.(round, false);
    const without = await turn(durationMs);
    options.onTurn?.(round, true);
    const { key: apiKey, conversationIds } = flooding;
    flood.send({ url, apiKey, conversationIds, word: WORD, ...options.flood });
    await sleep(floodLeadMs);
    const flooded = await turn(durationMs);
    flood.send('stop');
    rounds.push({ quiet: without, flooded, flood: await flood.answer() });
    // The server ends what the flood has begun.
    await sleep(Math.min(durationMs, WARM_UP_MS));
  }
  return reportOf(rounds);
}

type Tenant = { caller: Caller; key: string; conversationIds: ConversationId[] };

async function aTenant(store: Store, name: string, conversations: number): Promise<Tenant> {
  const tenantId = TenantId.parse(name);
  await store.agents.ensureDefaults(tenantId, {});
  const caller: Caller = { tenantId, actor: { kind: 'system' }, mayForce: false };
  const contacts = Array.from({ length: conversations }, (_, index) => `contact-${index}`);
  const created = contacts.map((contactId) =>
    store.execute(caller, 'conversations.create', { contactId, channel: 'web', tags: [], metadata: {} }),
  );
  const conversationIds = (await Promise.all(created)).map(({ conversation }) => conversation.id);
  const { key } = await store.apiKeys.create({ tenantId, name: 'bench', role: 'app', agentId: null });
  return { caller, key, conversationIds };
}

async function say(store: Store, { caller, conversationIds }: Tenant, messages: number): Promise<void> {
  const batch = 100;
  for (let from = 0; from < messages; from += batch) {
    const numbers = Array.from({ length: Math.min(batch, messages - from) }, (_, index) => from + index);
    const said = numbers.map((number) =>
      store.execute(caller, 'messages.append', {
        conversationId: cyclicElement(conversationIds, number),
        clientMessageId: `before-${number}`,
        author: { kind: 'customer' },
        text: `${messageText(number)} ${WORD}`,
        visibility: 'public',
      }),
    );
    await Promise.all(said);
  }
}

function reportOf(rounds: readonly Round[]): FairnessReport {
  const rows = (['append', 'get'] as const).map((call): FairnessRow => {
    const latencies = rounds.map(({ quiet, flooded }) => ({
      quiet: call === 'append' ? quiet.appends : quiet.gets,
      flooded: call === 'append' ? flooded.appends : flooded.gets,
    }));
    const of = (turn: 'quiet' | 'flooded', share: number) =>
      median(latencies.map((round) => quantile(round[turn], share)));
    const ratio = (share: number) =>
      median(latencies.map(({ quiet, flooded }) => quantile(flooded, share) / quantile(quiet, share)));
    return {
      call,
      quietP50Ms: of('quiet', 0.5),
      quietP99Ms: of('quiet', 0.99),
      floodedP50Ms: of('flooded', 0.5),
      floodedP99Ms: of('flooded', 0.99),
      ratioP50: ratio(0.5),
      ratioP99: ratio(0.99),
    };
  });
  const sum = (turn: 'quiet' | 'flooded') => rounds.reduce((total, round) => total + round[turn].refused, 0);
  const reasons = new Set(rounds.flatMap(({ quiet, flooded }) => [...quiet.reasons, ...flooded.reasons]));
  const last = rounds.at(-1);
  if (last === undefined) throw new RangeError('A bench has a round at least');
  return {
    rows,
    refused: { quiet: sum('quiet'), flooded: sum('flooded'), reasons: [...reasons] },
    busy: {
      quiet: median(rounds.map(({ quiet }) => quiet.busy)),
      flooded: median(rounds.map(({ flooded }) => flooded.busy)),
    },
    flood: last.flood,
  };
}
