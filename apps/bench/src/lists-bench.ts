import { connect, rebuildListedConversations, type Store } from '@baton/repository';
import { type ListConversationsInput, ListConversations, timestamp } from '@baton/schema';
import { type Collection, MongoClient } from 'mongodb';
import { openBenchStore, TENANT } from './bench-tenant.ts';
import { type Call, compareCalls } from './compare-calls.ts';
import { AGENTS, fillWithConversations, TAGS } from './lists-fill.ts';
import { cyclicElement } from './cyclic-element.ts';

/** The goal: so many times one filter's time at most. */
export const GOAL = 2;

export type ListsBenchOptions = {
  conversations: number;
  rounds: number;
  roundMs: number;
  onStep?: (step: string) => void;
};

export type ListRow = {
  filters: string;
  /** How many the first page has. */
  found: number;
  oneMs: number;
  listMs: number;
  /** The median of the rounds' ratios to one filter. */
  ratio: number;
};

type Filters = Partial<ListConversationsInput>;

const [agentId, tag] = [cyclicElement(AGENTS, 0), cyclicElement(TAGS, 0)];
const LATER = timestamp(Date.now());
const FILTERS: readonly [string, Filters][] = [
  ['status', { status: 'active' }],
  ['stage', { stage: 'qualification' }],
  ['agent', { agentId }],
  ['channel', { channel: 'sms' }],
  ['tag', { tag }],
  ['follow-up', { followUpBefore: LATER }],
  ['waiting', { waitingBefore: LATER }],
];

type NamedFilters = [string, Filters];

/** Every set of `size` of the filters. */
function combinations(size: number, from = 0): NamedFilters[] {
  if (size === 0) return [['', {}]];
  return FILTERS.slice(from).flatMap(([name, filters], index) =>
    combinations(size - 1, from + index + 1).map(([others, further]): NamedFilters => [
      others === '' ? name : `${name} + ${others}`,
      { ...filters, ...further },
    ]),
  );
}

/**
 * Measures the first page of lists by two and three filters beside that by one, in turn in each round, on a database of its
 * own that this call fills.
 * @param mongodbUri with that database in its path
 */
export async function benchLists(
  mongodbUri: string,
  { conversations, rounds, roundMs, onStep }: ListsBenchOptions,
): Promise<ListRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const { db } = connection;
  const store = await openBenchStore(connection);
  const began = performance.now();
  await withoutIndexes(mongodbUri, db.collection('conversations'), () =>
    fillWithConversations(store, conversations),
  );
  const filled = performance.now();
  onStep?.(`${conversations} conversations written in ${seconds(filled - began)}`);
  await withoutIndexes(mongodbUri, db.collection('listed_conversations'), async () => {
    await rebuildListedConversations(store.collections);
  });
  onStep?.(`named in ${seconds(performance.now() - filled)}`);

  const rows: ListRow[] = [];
  const compare = async (name: string, input: Filters, one: Call) => {
    const call = () => list(store, input);
    const found = (await call()).items.length;
    const { baselineMs, otherMs, ratio } = await compareCalls(
      { baseline: one, other: call },
      { rounds, roundMs },
    );
    rows.push({ filters: name, found, oneMs: baselineMs, listMs: otherMs, ratio });
  };
  for (const size of [1, 2, 3])
    for (const [name, filters] of combinations(size))
      await compare(name, filters, () => list(store, { stage: 'qualification' }));
  for (const [name, filters] of combinations(2))
    if (!('waitingBefore' in filters))
      await compare(`${name}, by waiting`, { ...filters, sort: 'waitingSince' }, () =>
        list(store, { sort: 'waitingSince' }),
      );
  return rows;
}

/** Builds a collection's indexes at the end, which takes half of the time. */
async function withoutIndexes(uri: string, collection: Collection, fill: () => Promise<void>): Promise<void> {
  const indexes = (await collection.indexes()).filter(({ name }) => name !== '_id_');
  for (const { name } of indexes) if (name !== undefined) await collection.dropIndex(name);
  await fill();
  // A client that waits for as long as it takes.
  await using client = await new MongoClient(uri).connect();
  const built = indexes.map(({ v: _version, ...index }) => index);
  await client.db().collection(collection.collectionName).createIndexes(built);
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

const list = (store: Store, input: Filters) =>
  store.conversations.list(TENANT, ListConversations.parse(input));
