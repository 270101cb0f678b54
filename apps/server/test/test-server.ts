import { type Baton, batonError, createBaton } from '@baton/client';
import { connect, type Connection, migrate, type Store } from '@baton/repository';
import { AgentId, type Role, TenantId } from '@baton/schema';
import { type BatonServer, startServer, type ServerOptions, UNBOUNDED_RATES } from '@baton/server';
import { testDatabase } from '@baton/testing';
import { pino } from 'pino';
import { vi } from 'vitest';

export const TENANT = TenantId.parse('acme');
export const OTHER_TENANT = TenantId.parse('globex');

/** A person of the tenant, registered beside its default agents. */
export const ANA = AgentId.parse('ana');

/** One answer of the server, as it came over the wire. */
export type Answer = { status: number; body: unknown };

export type { Baton };

export type RawCall = { key?: string | null; method?: string; headers?: Record<string, string> };

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly store: Store;
  /** The server's database, to look at what is kept. */
  readonly db: Connection['db'];
  readonly mongodbUri: string;
  /** A client with the role admin. */
  readonly baton: Baton;
  /** A client with the role app. */
  readonly plain: Baton;
  /** A client of another tenant, with the role admin there. */
  readonly stranger: Baton;
  readonly key: string;
  readonly plainKey: string;
  readonly strangerKey: string;
  /** One more key of the tenant. */
  createKey(role: Role, agentId?: AgentId): Promise<string>;
  /** One more client of the tenant, with the role admin. */
  connect(options?: Partial<Parameters<typeof createBaton>[0]>): Baton;
  /** Calls a procedure by hand, so that what no typed client sends can be sent. `key: null` sends none. */
  query(path: string, input?: unknown, call?: RawCall): Promise<Answer>;
  mutate(path: string, input?: unknown, call?: RawCall): Promise<Answer>;
  /** How many documents each collection has, but for those that the server's own work writes at any time. */
  counts(): Promise<Record<string, number>>;
  /** Stops the server; `start` brings it back on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** What repeated work writes: its leases and progress, and the figures that it sums up. */
const IN_BACKGROUND: ReadonlySet<string> = new Set([
  'counted_conversations',
  'late_writes',
  'leases',
  'metrics_buckets',
  'metrics_spans',
  'progress',
]);

/** A server on a migrated database of its own, with the default agents and one person. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const database = options.mongodbUri === undefined ? await testDatabase() : null;
  const mongodbUri = options.mongodbUri ?? database?.uri ?? '';
  const connection = await connect(mongodbUri);
  await migrate(connection.db);
  const limits = { ...UNBOUNDED_RATES, ...options.limits };
  const settings = { log: pino({ level: 'silent' }), ...options, limits, mongodbUri };
  let server: BatonServer | null = await startServer({ port: 0, ...settings });
  const { url, store } = server;
  for (const tenantId of [TENANT, OTHER_TENANT]) await store.agents.ensureDefaults(tenantId, {});
  await store.agents.register(TENANT, {
    id: ANA,
    kind: 'human',
    name: 'Ana',
    roles: [],
    capacity: null,
    availability: 'available',
    members: [],
  });
  const createKey = async (role: Role, agentId?: AgentId, tenantId = TENANT) =>
    (
      await (server?.store ?? store).apiKeys.create({
        tenantId,
        name: 'test',
        role,
        agentId: agentId ?? null,
      })
    ).key;
  const key = await createKey('admin');
  const plainKey = await createKey('app');
  const strangerKey = await createKey('admin', undefined, OTHER_TENANT);

  async function call(
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string },
    { key: sent = key, headers, method }: RawCall,
  ): Promise<Answer> {
    const response = await fetch(`${url}/trpc/${path}`, {
      ...init,
      ...(method !== undefined && { method }),
      headers: { ...init.headers, ...(sent !== null && { authorization: `Bearer ${sent}` }), ...headers },
    });
    return { status: response.status, body: await response.json() };
  }

  return {
    url,
    mongodbUri,
    db: connection.db,
    get store() {
      return server?.store ?? store;
    },
    baton: createBaton({ url, apiKey: key }),
    plain: createBaton({ url, apiKey: plainKey }),
    stranger: createBaton({ url, apiKey: strangerKey }),
    key,
    plainKey,
    strangerKey,
    createKey: (role, agentId) => createKey(role, agentId),
    connect: (more) => createBaton({ url, apiKey: key, ...more }),
    query: (path, input, raw = {}) => {
      const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      return call(`${path}${search}`, {}, raw);
    },
    mutate: (path, input, raw = {}) =>
      call(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          ...(input !== undefined && { body: typeof input === 'string' ? input : JSON.stringify(input) }),
        },
        raw,
      ),
    async counts() {
      const names = (await connection.db.listCollections({}, { nameOnly: true }).toArray())
        .map(({ name }) => name)
        .filter((name) => !IN_BACKGROUND.has(name))
        .toSorted();
      const counts = names.map(
        async (name) => [name, await connection.db.collection(name).countDocuments()] as const,
      );
      return Object.fromEntries(await Promise.all(counts));
    },
    async stop() {
      await server?.close();
      server = null;
    },
    async start() {
      server = await startServer({ ...settings, port: Number(new URL(url).port) });
    },
    async [Symbol.asyncDispose]() {
      await server?.close();
      await connection.client.close();
      await database?.[Symbol.asyncDispose]();
    },
  };
}

/** What a call was refused with. */
export type Refused = {
  code: string;
  /** tRPC's own code and its HTTP status. */
  trpc: string | undefined;
  status: number | undefined;
  message: string;
  details: unknown;
};

/** What a call is refused with; fails where it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<Refused> {
  try {
    await call;
  } catch (error) {
    const answer = batonError(error);
    if (answer === null || !(error instanceof Error) || !('data' in error)) throw error;
    // What tRPC says of each error; `batonError` has made sure that it is there.
    const { code: trpc, httpStatus: status } = error.data as { code?: string; httpStatus?: number };
    return { code: answer.code, trpc, status, message: error.message, details: answer.details };
  }
  throw new Error('The call was not refused');
}

let contacts = 0;

/** A contact that nobody else has. */
export function newContact(): string {
  contacts += 1;
  return `contact-${process.pid}-${contacts}`;
}

/** Waits until `check` gives something truthy, for 5,000 ms by default. */
export function eventually<Result>(check: () => Result | Promise<Result>, withinMs = 5_000) {
  return vi.waitUntil(check, { timeout: withinMs, interval: 10 });
}
