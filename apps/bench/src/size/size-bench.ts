import { type Connection, connect, migrate, openStore } from '@baton/repository';
import { timesOf } from '../statistics.ts';
import { usage } from '../usage.ts';
import { fillTenants, makeOrigin, type Origin } from './fill-tenants.ts';
import { hotCalls } from './hot-calls.ts';
import { type StorageRow, storageOf } from './storage.ts';

/** The goal of each ratio. */
export const GOAL = 1.2;

export type SizeBenchOptions = {
  messages: number;
  tenants: number;
  /** How many messages the small store has. */
  base: number;
  /** How often each call is made in each store. */
  calls: number;
  onStep?: (step: string) => void;
};

type Times = { medianMs: number; slowMs: number };

/** A call in the small store, and its ratios where there are many messages, in one tenant and in many. */
export type SizeRow = { call: string; base: Times; one: Times; many: Times };

export type SizeReport = {
  messages: number;
  rows: SizeRow[];
  storage: StorageRow[];
  /** The resident memory of this process, before the calls and after. */
  rssBytes: { before: number; after: number };
};

/**
 * Fills three databases with copies of what went through a fourth, and measures each call in them in turn: few messages, many in one tenant, many in many.
 * @param uriOf the connection string of a database of its own, by a name
 * @throws SizeError
 */
export async function benchSize(
  uriOf: (name: string) => string,
  { messages, tenants, base, calls, onStep }: SizeBenchOptions,
): Promise<SizeReport> {
  const open = (name: string) => connect(uriOf(name), { appName: 'baton-bench', socketTimeoutMs: 0 });
  await using origin = await open('origin');
  await using small = await open('base');
  await using one = await open('one');
  await using many = await open('many');
  await migrate(origin.db);
  const copied = await makeOrigin(openStore(origin));
  const stores = {
    base: await prepare(small, copied, { messages: base, tenants: 1, onStep }),
    one: await prepare(one, copied, { messages, tenants: 1, onStep }),
    many: await prepare(many, copied, { messages, tenants, onStep }),
  };
  const storage = await storageOf(one.db, messages);
  const before = usage('memory').rssBytes;
  const rows: SizeRow[] = [];
  for (const call of Object.keys(stores.base))
    rows.push({ call, ...(await measureInTurn(stores, call, calls)) });
  return { messages, rows, storage, rssBytes: { before, after: usage('memory').rssBytes } };
}

const MIGRATION = '0008-roll-ups';

type Calls = ReturnType<typeof hotCalls>;

async function prepare(
  connection: Connection,
  origin: Origin,
  { messages, tenants, onStep }: Pick<SizeBenchOptions, 'messages' | 'tenants' | 'onStep'>,
): Promise<Calls> {
  const { db } = connection;
  await migrate(db);
  const store = openStore(connection);
  // Built at the end, which takes a fraction of the time.
  await db.collection('timeline').dropIndex('by_text');
  const began = performance.now();
  const sample = await fillTenants(store, origin, messages, tenants);
  const filled = performance.now();
  // As an upgrade does: it builds the index that is missing, and counts.
  await db.collection<{ _id: string }>('migrations').deleteOne({ _id: MIGRATION });
  await migrate(db);
  const [fillSeconds, countSeconds] = [filled - began, performance.now() - filled].map((ms) =>
    (ms / 1_000).toFixed(1),
  );
  onStep?.(`${messages} messages, ${tenants} tenants: ${fillSeconds} s written, ${countSeconds} s counted`);
  return hotCalls(store, sample);
}

async function measureInTurn(
  stores: Record<'base' | 'one' | 'many', Calls>,
  call: string,
  calls: number,
): Promise<Omit<SizeRow, 'call'>> {
  const warmUp = Math.ceil(calls / 10);
  const times = { base: new Array<number>(), one: new Array<number>(), many: new Array<number>() };
  for (let number = 0; number < warmUp + calls; number += 1) {
    for (const name of ['base', 'one', 'many'] as const) {
      const began = performance.now();
      await stores[name][call]?.(number);
      if (number >= warmUp) times[name].push(performance.now() - began);
    }
  }
  return { base: timesOf(times.base), one: timesOf(times.one), many: timesOf(times.many) };
}
