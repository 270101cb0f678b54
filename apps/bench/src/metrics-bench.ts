import { connect, migrate, openStore, type Store } from '@baton/repository';
import { type MetricsPeriod, timestamp } from '@baton/schema';
import { TENANT } from './bench-tenant.ts';
import { fillWithHistory, HISTORY_MS } from './metrics-fill.ts';
import { timesOf } from './statistics.ts';

/** The goal of each procedure's 99th percentile. */
export const GOAL_MS = 50;

export type MetricsBenchOptions = {
  messages: number;
  /** How often each procedure is called for each kind of period. */
  calls: number;
  onStep?: (step: string) => void;
};

export type MetricsRow = { procedure: string; period: string; medianMs: number; slowMs: number };

/** Fresh ones for each call, so that nothing but the store's own cache helps. */
const PERIODS: Record<string, () => MetricsPeriod> = {
  everything: () => ({}),
  'the last 30 days': () => ({
    from: timestamp(Date.now() - HISTORY_MS / 12 - Math.floor(Math.random() * 60_000)),
  }),
  'from and to odd instants': () => {
    const began = Date.now() - HISTORY_MS;
    const instants = [Math.random(), Math.random()].map((share) => began + Math.floor(share * HISTORY_MS));
    return { from: timestamp(Math.min(...instants)), to: timestamp(Math.max(...instants) + 1) };
  },
  'of a channel': () => ({
    channel: 'web',
    from: timestamp(Date.now() - Math.floor(Math.random() * HISTORY_MS)),
  }),
};

type Procedure = (store: Store, input: MetricsPeriod) => Promise<unknown>;

const OF_PERIODS: Record<string, Procedure> = {
  'metrics.overview': (store, input) => store.metrics.overview(TENANT, input),
  'metrics.funnel': (store, input) => store.metrics.funnel(TENANT, input),
  'metrics.timeInStage': (store, input) => store.metrics.timeInStage(TENANT, input),
  'metrics.responseTimes': (store, input) => store.metrics.responseTimes(TENANT, input),
  'metrics.agents': (store, input) => store.metrics.agents(TENANT, input),
  'metrics.objections': (store, input) => store.objections.stats(TENANT, input),
};

const OF_NOW: Record<string, Procedure> = {
  'admin.stats': (store) => store.admin.stats(TENANT, {}),
  'agents.workload': (store) => store.agents.workload(TENANT, {}),
};

/**
 * Fills a database of its own with a year of one tenant, lets the migration count it, and measures one call at a time.
 * @param mongodbUri with that database in its path
 */
export async function benchMetrics(
  mongodbUri: string,
  { messages, calls, onStep }: MetricsBenchOptions,
): Promise<MetricsRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const { db } = connection;
  await migrate(db);
  const store = openStore(connection);
  // Nobody searches here, and filling it takes half of the time.
  await db.collection('timeline').dropIndex('by_text');
  const began = performance.now();
  await fillWithHistory(store, messages);
  const filled = performance.now();
  onStep?.(`${messages} messages written in ${seconds(filled - began)}`);
  // As an upgrade of such a store does.
  await db.collection<{ _id: string }>('migrations').deleteOne({ _id: MIGRATION });
  await migrate(db);
  onStep?.(`counted by the migration in ${seconds(performance.now() - filled)}`);

  const find = () => store.collections.tenants.acrossTenants('test').findOne({});
  const rows: MetricsRow[] = [
    { procedure: 'a bare findOne', period: 'to compare with', ...(await measure(calls, find)) },
  ];
  for (const [procedure, ask] of Object.entries(OF_PERIODS))
    for (const [period, input] of Object.entries(PERIODS))
      rows.push({ procedure, period, ...(await measure(calls, () => ask(store, input()))) });
  for (const [procedure, ask] of Object.entries(OF_NOW))
    rows.push({ procedure, period: 'now', ...(await measure(calls, () => ask(store, {}))) });
  return rows;
}

const MIGRATION = '0008-roll-ups';

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

async function measure(
  calls: number,
  call: () => Promise<unknown>,
): Promise<Pick<MetricsRow, 'medianMs' | 'slowMs'>> {
  await call();
  const times: number[] = [];
  for (let count = 0; count < calls; count += 1) {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  }
  return timesOf(times);
}
