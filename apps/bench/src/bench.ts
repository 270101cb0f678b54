import { createBaton } from '@baton/client';
import { type Caller, connect, migrate, openStore, rebuild, type Store } from '@baton/repository';
import { type Conversation, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { bareDriver, bareDriverSharing } from './bare-driver.ts';
import { batonHttp } from './baton-http.ts';
import { batonStore } from './baton-store.ts';
import { compare, type ComparisonOptions, type Row, type Scenario } from './comparison.ts';
import { startServerProcess } from './start-server-process.ts';

const TENANT = TenantId.parse('bench');
const CALLER: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };
const MANY = 64;

/** Something that was measured did not do its work: the figures are worth nothing. */
export class WorkNotDone extends Error {
  override readonly name = 'WorkNotDone';
}

/**
 * Runs every scenario on a database of its own that this call may fill.
 * @param mongodbUri with that database in its path
 * @throws WorkNotDone
 */
export async function bench(mongodbUri: string, options: ComparisonOptions): Promise<Row[]> {
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
    const { conversations: kept, timeline } = store.tables;
    const made = await idsOf(count);
    const documents = await Promise.all(made.map((id) => kept.collection.findOne({ _id: new ObjectId(id) })));
    return {
      client,
      conversations: kept.collection,
      timeline: timeline.collection,
      tenantId: TENANT,
      documents: documents.filter((document) => document !== null),
    };
  };

  const scenarios: Scenario[] = [
    {
      name: `${MANY} callers, a conversation each`,
      callers: MANY,
      contenders: [
        bareDriver(await bareOptions(MANY)),
        batonStore(store, CALLER, await idsOf(MANY)),
        batonHttp(baton, await idsOf(MANY)),
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
      name: `${MANY} callers on one conversation`,
      callers: MANY,
      contenders: [
        bareDriverSharing(await bareOptions(1)),
        batonStore(store, CALLER, await idsOf(1)),
        batonHttp(baton, await idsOf(1)),
      ],
    },
  ];
  const rows: Row[] = [];
  for (const scenario of scenarios) rows.push(...(await compare(scenario, options)));
  await checkWork(store);
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

/** All contenders must have left conversations that are the folds of their timelines, the bare driver too. */
async function checkWork(store: Store): Promise<void> {
  const { differences } = await rebuild(store.tables);
  if (differences.length === 0) return;
  throw new WorkNotDone(`${differences.length} conversations are not the folds of their timelines`);
}
