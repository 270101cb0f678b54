import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createBaton } from '@baton/client';
import { connect } from '@baton/repository';
import { MemorySession } from '@openai/agents-core';
import { CALLER, openBenchStore, TENANT } from '../bench-tenant.ts';
import { cyclicElement } from '../cyclic-element.ts';
import { measure, type Measurement } from '../measure.ts';
import { startProcess, startServerProcess } from '../start-server-process.ts';
import { median } from '../statistics.ts';
import { agentsPeer } from './agents-peer.ts';
import { bareDriverPeer } from './bare-driver-peer.ts';
import { batonHttpPeer, batonPeer, registerAgent } from './baton-peers.ts';
import { langgraphPeer } from './langgraph-peer.ts';
import { mongoosePeer } from './mongoose-peer.ts';
import { type Peer, sample } from './peer.ts';
import { SqliteSessions } from './sqlite-session.ts';

export type PeersBenchOptions = {
  rounds: number;
  /** How long each measurement takes, in milliseconds. */
  durationMs: number;
  /** How many messages a whole conversation has; a quarter of them are its last. */
  messages: number;
  /** How many conversations are written or read at once. */
  callers: readonly number[];
  /** Where the SQLite file is made; on the disk that MongoDB has, so that both are compared on the same. */
  folder?: string;
  onMeasurement?: (work: string, peer: string) => void;
};

/** The medians of a peer over the rounds. */
export type PeersRow = {
  work: string;
  callers: number;
  peer: string;
  callsPerSecond: number;
  medianMs: number;
  slowMs: number;
  /** Calls a second of the Baton beside it ÷ its own: below 1, Baton loses. */
  ratio: number;
};

/** A peer gave other messages than it was given, so its figures are worth nothing. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

/**
 * Lets every peer keep the same conversations, and measures them in turn in each round.
 * @param mongodbUri with a database of its own in its path
 * @throws PeerError
 */
export async function benchPeers(mongodbUri: string, options: PeersBenchOptions): Promise<PeersRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  const { client, db } = connection;
  const store = await openBenchStore(connection);
  await registerAgent(store, CALLER);
  const { key: apiKey } = await store.apiKeys.create({ tenantId: TENANT, name: 'bench', role: 'admin' });
  await using server = await startServerProcess(mongodbUri);
  await using mongooseServer = await startProcess(new URL('./mongoose-process.ts', import.meta.url), [
    mongodbUri,
  ]);
  const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'baton-peers-'));
  try {
    using sqlite = new SqliteSessions(join(folder, 'sessions.db'));
    return await comparePeers(
      [
        batonPeer(store, CALLER),
        await bareDriverPeer(db),
        await langgraphPeer(client, db.databaseName),
        agentsPeer('OpenAI Agents, SQLite', (id) => sqlite.open(id)),
        agentsPeer('OpenAI Agents, memory', (sessionId) => new MemorySession({ sessionId })),
        batonHttpPeer(createBaton({ url: server.url, apiKey })),
        mongoosePeer(mongooseServer.url),
      ],
      options,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What each caller does again and again. */
type Work = {
  name: string;
  callOf: (peer: Peer, conversations: string[]) => (caller: number) => Promise<unknown>;
};

/** @throws PeerError */
export async function comparePeers(
  peers: readonly Peer[],
  { rounds, durationMs, messages, callers: callerCounts, onMeasurement }: PeersBenchOptions,
): Promise<PeersRow[]> {
  const filled: { peer: Peer; ids: string[] }[] = [];
  for (const peer of peers) {
    onMeasurement?.('fill', peer.name);
    filled.push({ peer, ids: await fill(peer, Math.max(...callerCounts), messages) });
  }
  const last = messages / 4;
  const works: Work[] = [
    { name: 'append a message', callOf: (peer) => appender(peer, messages) },
    {
      name: `read the last ${last}`,
      callOf: (peer, ids) => (caller) => peer.list(cyclicElement(ids, caller), last),
    },
    {
      name: `read all ${messages}`,
      callOf: (peer, ids) => (caller) => peer.list(cyclicElement(ids, caller)),
    },
  ];
  const rows: PeersRow[] = [];
  for (const { name: work, callOf } of works) {
    for (const callers of callerCounts) {
      const contenders = filled.map(({ peer, ids }) => ({
        peer,
        append: callOf(peer, ids),
        measurements: new Array<Measurement>(),
      }));
      for (let round = 0; round <= rounds; round += 1) {
        for (const { peer, append, measurements } of contenders) {
          onMeasurement?.(work, peer.name);
          const measurement = await measure({ name: peer.name, append }, callers, durationMs);
          // The first round warms up.
          if (round > 0) measurements.push(measurement);
        }
      }
      const measured = new Map(contenders.map(({ peer, measurements }) => [peer.name, measurements]));
      for (const { peer, measurements } of contenders)
        rows.push({
          work,
          callers,
          peer: peer.name,
          ...figuresOf(measurements, measured.get(peer.beside) ?? measurements),
        });
    }
  }
  return rows;
}

/** @throws PeerError where a read gives something else than what was appended */
async function fill(peer: Peer, count: number, messages: number): Promise<string[]> {
  const samples = Array.from({ length: messages }, (_, number) => sample(number));
  const ids = await Promise.all(Array.from({ length: count }, peer.open));
  await Promise.all(
    ids.map(async (id) => {
      for (const said of samples) await peer.append(id, said);
      const last = messages / 4;
      const isKept =
        isDeepStrictEqual(await peer.list(id), samples) &&
        isDeepStrictEqual(await peer.list(id, last), samples.slice(-last));
      if (!isKept) throw new PeerError(`${peer.name} does not give the messages back that it was given`);
    }),
  );
  return ids;
}

/** Each caller writes one conversation after the other, each of so many messages. */
function appender(peer: Peer, messages: number): (caller: number) => Promise<void> {
  const current = new Map<number, { id: string; length: number }>();
  return async (caller) => {
    const known = current.get(caller);
    const conversation =
      known === undefined || known.length === messages ? { id: await peer.open(), length: 0 } : known;
    current.set(caller, conversation);
    await peer.append(conversation.id, sample(conversation.length));
    conversation.length += 1;
  };
}

function figuresOf(
  measurements: readonly Measurement[],
  baton: readonly Measurement[],
): Pick<PeersRow, 'callsPerSecond' | 'medianMs' | 'slowMs' | 'ratio'> {
  return {
    callsPerSecond: median(measurements.map(({ messagesPerSecond }) => messagesPerSecond)),
    medianMs: median(measurements.map(({ medianMs }) => medianMs)),
    slowMs: median(measurements.map(({ slowMs }) => slowMs)),
    ratio: median(
      measurements.map(
        ({ messagesPerSecond }, round) => cyclicElement(baton, round).messagesPerSecond / messagesPerSecond,
      ),
    ),
  };
}
