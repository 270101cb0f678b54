import { connect } from '@baton/repository';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { formatPeers } from './format-peers.ts';
import { langgraphPeer } from './langgraph-peer.ts';
import { mongoosePeer } from './mongoose-peer.ts';
import { startMongooseServer } from './mongoose-server.ts';
import { type Peer, type Said, sample } from './peer.ts';
import { benchPeers, comparePeers, PeerError } from './peers-bench.ts';

test('a short run lets every peer keep the same conversations, and measures each', async () => {
  await using database = await testDatabase();
  const options = { rounds: 1, durationMs: 20, messages: 8, callers: [1, 2] };
  const rows = await benchPeers(database.uri, options);
  expect(new Set(rows.map(({ work }) => work))).toEqual(
    new Set(['append a message', 'read the last 2', 'read all 8']),
  );
  expect(rows).toHaveLength(3 * 2 * 7);
  for (const { peer, callsPerSecond, ratio } of rows) {
    expect(callsPerSecond, peer).toBeGreaterThan(0);
    if (peer.startsWith('Baton')) expect(ratio).toBe(1);
  }
  // Reading an array of the process's own.
  const memory = rows.filter(({ peer }) => peer === 'OpenAI Agents, memory');
  expect(Math.min(...memory.map(({ ratio }) => ratio))).toBeLessThan(1);
  expect(formatPeers(rows)).toMatch(/^ {2}OpenAI Agents, memory .* × {2}Baton loses$/m);
  await using connection = await connect(database.uri);
  for (const name of ['timeline', 'bare_messages', 'checkpoints', 'peermessages'])
    expect(await connection.db.collection(name).estimatedDocumentCount(), name).toBeGreaterThanOrEqual(16);
}, 60_000);

test('a peer that loses a message fails the run', async () => {
  const forgetful: Peer = {
    name: 'forgetful',
    beside: 'Baton',
    open: async () => 'one',
    append: async () => undefined,
    list: async () => [sample(0)],
  };
  const run = comparePeers([forgetful], { rounds: 1, durationMs: 1, messages: 4, callers: [1] });
  await expect(run).rejects.toThrow(PeerError);
});

test('a peer without Baton beside it is compared with itself', async () => {
  const kept: Said[] = [];
  const lone: Peer = {
    name: 'lone',
    beside: 'Baton',
    open: async () => String(kept.splice(0).length),
    append: async (_, said) => kept.push(said),
    list: async (_, limit = kept.length) => kept.slice(-limit),
  };
  const rows = await comparePeers([lone], { rounds: 1, durationMs: 1, messages: 4, callers: [1] });
  expect(rows.map(({ ratio }) => ratio)).toEqual([1, 1, 1]);
});

test('the saver has no messages of a thread that nobody has written', async () => {
  await using database = await testDatabase();
  await using connection = await connect(database.uri);
  const peer = await langgraphPeer(connection.client, database.name);
  expect(await peer.list(await peer.open())).toEqual([]);
});

test('the server over mongoose keeps the order, and knows no other conversations', async () => {
  await using database = await testDatabase();
  await using server = await startMongooseServer(database.uri);
  const peer = mongoosePeer(server.url);
  const id = await peer.open();
  for (const number of [0, 1, 2]) await peer.append(id, sample(number));
  expect(await peer.list(id)).toEqual([0, 1, 2].map(sample));
  expect(await peer.list(id, 1)).toEqual([sample(2)]);
  await expect(peer.append('0'.repeat(24), sample(0))).rejects.toThrow('No such conversation');
});
