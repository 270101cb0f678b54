import { connect, migrate, type Store } from '@baton/repository';
import { AgentId, Role, TenantId } from '@baton/schema';
import { startServer, UNBOUNDED_RATES } from '@baton/server';
import { watchable } from '@baton/testing';
import { pino } from 'pino';
import { DriverWatch } from './watch-driver.ts';
import type { FuzzCredential } from './fuzz.ts';
import { KnownValues } from './known-values.ts';

const TENANT = TenantId.parse('fuzzed');
const OTHER_TENANT = TenantId.parse('neighbour');
const ANA = AgentId.parse('ana');

/** How many are there from the start. */
const CONVERSATIONS = 20;

/** A server in this process that is about to be fuzzed, and who calls it. */
export interface FuzzTarget extends AsyncDisposable {
  url: string;
  store: Store;
  driver: DriverWatch;
  known: KnownValues;
  credentials: FuzzCredential[];
  /** What the server has logged as a fault. */
  logged: string[];
}

/** @param mongodbUri with a database that is empty, or was fuzzed before */
export async function openFuzzTarget(mongodbUri: string): Promise<FuzzTarget> {
  await using open = new AsyncDisposableStack();
  const driver = open.use(new DriverWatch());
  {
    await using connection = await connect(mongodbUri);
    await migrate(connection.db);
  }
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) });
  const server = open.use(
    await startServer({ mongodbUri: watchable(mongodbUri), port: 0, log, limits: UNBOUNDED_RATES }),
  );
  const { store, url } = server;
  for (const tenantId of [TENANT, OTHER_TENANT]) await store.agents.ensureDefaults(tenantId, {});
  await store.agents
    .register(TENANT, {
      id: ANA,
      kind: 'human',
      name: 'Ana',
      roles: [],
      capacity: null,
      availability: 'available',
      members: [],
    })
    // She is there already in a database that was fuzzed before.
    .catch(() => undefined);

  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const keyOf = async (role: Role, tenantId = TENANT) => {
    const agentId = role === 'agent' || role === 'manager' ? ANA : null;
    return (await store.apiKeys.create({ tenantId, name: `fuzz ${role}`, role, agentId })).key;
  };
  const credentials: FuzzCredential[] = [
    { name: 'nobody', headers: {} },
    { name: 'unknown key', headers: bearer(`baton_${'x'.repeat(43)}`) },
    {
      name: 'admin of another tenant',
      headers: bearer(await keyOf('admin', OTHER_TENANT)),
      everyRounds: 10,
    },
  ];
  for (const role of Role.options) credentials.push({ name: role, headers: bearer(await keyOf(role)) });
  // Most calls should do something.
  for (const role of ['admin', 'import', 'app', 'admin'] as const) {
    credentials.push({ name: role, headers: bearer(await keyOf(role)) });
  }
  const known = new KnownValues();
  for (const id of ['ana', 'supervisor', 'closer', 'qualifier']) known.add('agentId', id);
  const caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false } as const;
  for (let count = 0; count < CONVERSATIONS; count += 1) {
    const contactId = `${process.pid}-${count}`;
    const input = { contactId, channel: 'web' as const, tags: [], metadata: {} };
    const { conversation } = await store.execute(caller, 'conversations.create', input);
    known.learn('conversations.create', conversation);
  }
  const parts = open.move();
  return {
    url,
    store,
    driver,
    known,
    credentials,
    logged,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What an input has left on the prototypes of this process. */
export function pollutionOfPrototypes(): string[] {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype].flatMap((prototype) =>
    Object.keys(prototype),
  );
}
