import { createBaton } from '@baton/client';
import { connect, type Store } from '@baton/repository';
import type { Conversation } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { bareDriver, bareDriverSharedConversation } from './bare-driver.ts';
import { batonHttp } from './baton-http.ts';
import { CALLER, openBenchStore, TENANT } from './bench-tenant.ts';
import { batonStore } from './baton-store.ts';
import { verifyTimelines } from './verify-timelines.ts';
import { compare, type ComparisonOptions, type ComparisonRow, type Scenario } from './comparison.ts';
import { startServerProcess } from './start-server-process.ts';

export type BenchOptions = ComparisonOptions & {
  /** Concurrent callers in the scenarios with many. */
  callers?: number;
};

/**
 * Runs every scenario on a database of its own.
 * @param mongodbUri with that database in its path
 * @throws VerificationError
 */
export async function bench(
  mongodbUri: string,
  { callers: concurrentCallers = 64, ...options }: BenchOptions,
): Promise<ComparisonRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const { client } = connection;
  const store = await openBenchStore(connection);
  const { key: apiKey } = await store.apiKeys.create({ tenantId: TENANT, name: 'bench', role: 'admin' });
  await using server = await startServerProcess(mongodbUri);
  const baton = createBaton({ url: server.url, apiKey });

  const createIds = async (count: number) => (await createConversations(store, count)).map(({ id }) => id);
  const createBareOptions = async (count: number) => {
    const { conversations, timeline } = store.collections;
    const ids = await createIds(count);
    const documents = await Promise.all(
      ids.map((id) => conversations.collection.findOne({ tenantId: TENANT, _id: new ObjectId(id) })),
    );
    return {
      client,
      conversations: connection.db.collection(conversations.collection.collectionName),
      timeline: connection.db.collection(timeline.collection.collectionName),
      documents: documents.filter((document) => document !== null),
    };
  };

  const scenarios: Scenario[] = [
    {
      name: `${concurrentCallers} callers, a conversation each`,
      callers: concurrentCallers,
      contenders: [
        bareDriver(await createBareOptions(concurrentCallers)),
        batonStore(store, CALLER, await createIds(concurrentCallers)),
        batonHttp(baton, await createIds(concurrentCallers)),
      ],
    },
    {
      name: 'one caller alone',
      callers: 1,
      contenders: [
        bareDriver(await createBareOptions(1)),
        batonStore(store, CALLER, await createIds(1)),
        batonHttp(baton, await createIds(1)),
      ],
    },
    {
      name: `${concurrentCallers} callers on one conversation`,
      callers: concurrentCallers,
      contenders: [
        bareDriverSharedConversation(await createBareOptions(1)),
        batonStore(store, CALLER, await createIds(1)),
        batonHttp(baton, await createIds(1)),
      ],
    },
  ];
  const rows: ComparisonRow[] = [];
  for (const scenario of scenarios) rows.push(...(await compare(scenario, options)));
  await verifyTimelines(store.collections);
  return rows;
}

let contactCount = 0;

function createConversations(store: Store, count: number): Promise<Conversation[]> {
  const created = Array.from({ length: count }, async () => {
    contactCount += 1;
    const { conversation } = await store.execute(CALLER, 'conversations.create', {
      contactId: `contact-${contactCount}`,
      channel: 'web',
      tags: [],
      metadata: {},
    });
    return conversation;
  });
  return Promise.all(created);
}
