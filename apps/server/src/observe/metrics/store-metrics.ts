import type { Backlog, PoolLoad, Store, StoreObserver } from '@baton/repository';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { greatest, TenantCounts } from './tenant-counts.ts';

/** What the gauges look at. */
export interface StoreSources {
  store: Pick<Store, 'load' | 'backlog'>;
  /** The connections of each MongoClient, by its name. */
  pools: Readonly<Record<string, () => PoolLoad>>;
  isReady: () => Promise<boolean>;
}

const BATCH_COMMANDS = [1, 2, 4, 8, 16, 32, 64];
const BATCH_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** How long what MongoDB said of the backlog is good, in milliseconds, whoever asks. */
const BACKLOG_MS = 5_000;

/**
 * The committer, reads, the feed, the pool and the store's backlog.
 * @param tenants how many tenants have labels of their own: those with the most
 */
export function storeMetrics(
  registry: Registry,
  tenants: number,
): StoreObserver & { follow: (sources: StoreSources) => void } {
  const registers = [registry];
  const counts = new TenantCounts();
  const batches = new Counter({
    name: 'baton_batches_total',
    help: 'Transactions of commands, by whether they were committed or undone and, most often, tried again.',
    labelNames: ['outcome'],
    registers,
  });
  const commands = new Histogram({
    name: 'baton_batch_commands',
    help: 'How many commands a committed batch had.',
    buckets: BATCH_COMMANDS,
    registers,
  });
  const seconds = new Histogram({
    name: 'baton_batch_seconds',
    help: 'How long committed batches took.',
    buckets: BATCH_SECONDS,
    registers,
  });
  const lag = new Histogram({
    name: 'baton_feed_lag_seconds',
    help: 'From the write of an entry to its arrival through the change stream, by the clock of MongoDB.',
    buckets: LAG_SECONDS,
    registers,
  });
  const breaks = new Counter({
    name: 'baton_feed_breaks_total',
    help: 'Breaks of the change stream.',
    registers,
  });
  for (const outcome of ['committed', 'undone']) batches.inc({ outcome }, 0);
  return {
    onBatch({ tenantId, commands: count, tookMs, isCommitted }) {
      batches.inc({ outcome: isCommitted ? 'committed' : 'undone' });
      if (!isCommitted) return;
      commands.observe(count);
      seconds.observe(tookMs / 1_000);
      counts.add(tenantId, count);
    },
    onFeedEntry: (lagMs) => lag.observe(lagMs / 1_000),
    onFeedBreak: () => breaks.inc(),
    follow(sources) {
      tenantMetrics(registry, sources, counts, tenants);
      loadMetrics(registry, sources);
      poolMetrics(registry, sources);
      backlogMetrics(registry, sources);
    },
  };
}

function tenantMetrics(
  registry: Registry,
  { store }: StoreSources,
  counts: TenantCounts,
  limit: number,
): void {
  const labelNames = ['tenant'] as const;
  const registers = [registry];
  // Gauges, because which tenants are shown changes; rate() reads them as it reads counters.
  const show = (name: string, help: string, read: () => Iterable<readonly [string, number]>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [tenant, value] of read()) this.set({ tenant }, value);
      },
    });
  show(
    'baton_tenant_batches',
    'Batches committed since the start, of the tenants with the most commands.',
    () => counts.busiest(limit).map(([tenant, { batches }]) => [tenant, batches] as const),
  );
  show('baton_tenant_commands', 'Commands committed since the start, of the tenants with the most.', () =>
    counts.busiest(limit).map(([tenant, { commands }]) => [tenant, commands] as const),
  );
  show('baton_tenant_commands_waiting', 'Commands in the queue, of the tenants with the most.', () =>
    greatest(store.load.commands.waitingByTenant, limit),
  );
}

function loadMetrics(registry: Registry, { store, isReady }: StoreSources): void {
  const registers = [registry];
  const show = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
  show('baton_ready', 'Whether calls should come here: 1 or 0.', async () => ((await isReady()) ? 1 : 0));
  show('baton_commands_waiting', 'Commands in the queue.', () => store.load.commands.waiting);
  show('baton_commands_unanswered', 'Commands without an answer.', () => store.load.commands.unanswered);
  show('baton_batches_in_flight', 'Batches in flight.', () => store.load.commands.batchesInFlight);
  show(
    'baton_commands_oldest_seconds',
    'How long the oldest command without an answer has been here.',
    () => store.load.commands.oldestMs / 1_000,
  );
  show(
    'baton_reads_oldest_seconds',
    'How long the read has waited that waits longest for its turn.',
    () => store.load.reads.oldestMs / 1_000,
  );
  show('baton_feed_subscriptions', 'Live feeds that are open.', () => store.load.subscriptions);
  show(
    'baton_unreadable_documents',
    'Documents that this process could not read since its start.',
    () => store.load.unreadable,
  );
  const labelNames = ['lane'] as const;
  const lanes = (name: string, help: string, of: 'waiting' | 'inFlight') =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const [lane, load] of Object.entries(store.load.reads.lanes)) this.set({ lane }, load[of]);
      },
    });
  lanes('baton_reads_waiting', 'Reads that wait for their turn, by lane.', 'waiting');
  lanes('baton_reads_in_flight', 'Reads in flight, by lane.', 'inFlight');
}

function poolMetrics(registry: Registry, { pools }: StoreSources): void {
  const labelNames = ['client'] as const;
  const show = (name: string, help: string, of: keyof PoolLoad) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        for (const [client, load] of Object.entries(pools)) this.set({ client }, load()[of]);
      },
    });
  show('baton_mongodb_connections', 'Open connections to MongoDB.', 'open');
  show('baton_mongodb_connections_in_use', 'Connections to MongoDB that an operation has.', 'inUse');
  show('baton_mongodb_connections_waited_for', 'Operations that wait for a connection.', 'waiting');
  show(
    'baton_mongodb_connections_refused',
    'Waits for a connection that ended without one, since the start.',
    'refused',
  );
}

/** What all processes share: each shows the same, so take the maximum of them. Nothing while MongoDB does not answer. */
function backlogMetrics(registry: Registry, { store }: StoreSources): void {
  const backlog = kept(() => store.backlog(), BACKLOG_MS);
  const show = (name: string, help: string, read: (backlog: Backlog) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const known = await backlog();
        if (known === null) this.remove();
        else this.set(read(known));
      },
    });
  show('baton_claims_held', 'Claims of follow-ups that workers hold.', ({ claimsHeld }) => claimsHeld);
  show(
    'baton_claims_overdue_seconds',
    'How long ago the oldest claim ran out that is not settled yet.',
    ({ claimsOverdueMs }) => claimsOverdueMs / 1_000,
  );
  show(
    'baton_handoffs_overdue_seconds',
    'How long ago the oldest pending handoff ran out that is not expired yet.',
    ({ handoffsOverdueMs }) => handoffsOverdueMs / 1_000,
  );
  const labelNames = ['lease'] as const;
  const held = new Gauge({
    name: 'baton_leases_held',
    help: 'How much work in the background is going on now, by its kind.',
    labelNames,
    async collect() {
      this.reset();
      for (const [lease, count] of (await backlog())?.leases ?? []) this.set({ lease }, count);
    },
    registers: [],
  });
  registry.registerMetric(held);
}

/** Asks once a while for all who ask; null where asking failed. */
function kept<Value>(ask: () => Promise<Value>, forMs: number): () => Promise<Value | null> {
  let latest: Promise<Value | null> = Promise.resolve(null);
  let until = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() < until) return latest;
    until = performance.now() + forMs;
    latest = ask().catch(() => null);
    return latest;
  };
}
