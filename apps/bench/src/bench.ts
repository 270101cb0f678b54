import { createBaton } from '@baton/client';
import { type Caller, connect, migrate, openStore, type Store } from '@baton/repository';
import { type Conversation, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { bareDriver, bareDriverSharing } from './bare-driver.ts';
import { batonHttp } from './baton-http.ts';
import { batonStore } from './baton-store.ts';
import { checkWork } from './check-work.ts';
import { compare, type ComparisonOptions, type Row, type Scenario } from './comparison.ts';
import { startServerProcess } from './start-server-process.ts';

const TENANT = TenantId.parse('bench');
const CALLER: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };

export type BenchOptions = ComparisonOptions & {
  /** How many callers there are at once where there are many. */
  callers?: number;
};

/**
 * Runs every scenario on a database of its own that this call may fill.
 * @param mongodbUri with that database in its path
 * @throws WorkNotDone
 */
export async function bench(
  mongodbUri: string,
  { callers: many = 64, ...options }: BenchOptions,
): Promise<Row[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const { client, db } = connection;
  await migrate(db);
  const store = openStore({ client, db });
  await store.agents.ensureDefaults(TENANT, {});
  const { key: apiKey } = await store.apiKeys.create({ tenantId: TENANT, name: 'bench', rights: ['manage'] });
  await using server = await startServerProcess(mongodbUri);
  const baton = createBaton({ url: server.url, apiKey });

  const idsOf = async (count: number) => (await conversations(store, count)).map(({ id }) => id);
  const bareOptions = async (count: number) => {
    const { conversations: kept, timeline } = store.collections;
    const made = await idsOf(count);
    const documents = await Promise.all(made.map((id) => kept.collection.findOne({ _id: new ObjectId(id) })));
    return {
      client,
      conversations: kept.collection,
      timeline: timeline.collection,
      documents: documents.filter((document) => document !== null),
    };
  };

  const scenarios: Scenario[] = [
    {
      name: `${many} callers, a conversation each`,
      callers: many,
      contenders: [
        bareDriver(await bareOptions(many)),
        batonStore(store, CALLER, await idsOf(many)),
        batonHttp(baton, await idsOf(many)),
      ],
    },
    {
      name: 'one caller alone',
      callers: 1,
      contenders: [
        bareDriver(await bareOptions(1)),
        batonStore(store, CALLER, await idsOf(1)),
        batonHttp(baton, await idsOf(1)),
      ],
    },
    {
      name: `${many} callers on one conversation`,
      callers: many,
      contenders: [
        bareDriverSharing(await bareOptions(1)),
        batonStore(store, CALLER, await idsOf(1)),
        batonHttp(baton, await idsOf(1)),
      ],
    },
  ];
  const rows: Row[] = [];
  for (const scenario of scenarios) rows.push(...(await compare(scenario, options)));
  await checkWork(store.collections);
  return rows;
}

let contacts = 0;

function conversations(store: Store, count: number): Promise<Conversation[]> {
  const made = Array.from({ length: count }, async () => {
    contacts += 1;
    const { conversation } = await store.execute(CALLER, 'conversations.create', {
      contactId: `contact-${contacts}`,
      channel: 'web',
      tags: [],
      metadata: {},
    });
    return conversation;
  });
  return Promise.all(made);
}
