import { setTimeout as sleep } from 'node:timers/promises';
import { type Baton, createBaton } from '@baton/client';
import { connect, migrate, openStore } from '@baton/repository';
import { ConversationId, type Entry, TenantId } from '@baton/schema';
import { type BatonServer, startServer } from '@baton/server';
import { testDatabase } from '@baton/testing';
import { createColors } from 'picocolors';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { liveReportLines, simulateLive } from './live.ts';
import { tail } from '../commands/tail.ts';
import type { Terminal } from '../output/terminal.ts';
import { messagesByNonOwners } from './live-check.ts';

const TENANT = TenantId.parse('live');

let database: Awaited<ReturnType<typeof testDatabase>>;
let server: BatonServer;
let baton: Baton;

beforeAll(async () => {
  database = await testDatabase();
  const { client, db } = await connect(database.uri);
  await migrate(db);
  const store = openStore({ client, db });
  await store.agents.ensureDefaults(TENANT, {});
  const { key } = await store.apiKeys.create({
    tenantId: TENANT,
    name: 'live',
    rights: ['import', 'manage'],
  });
  await client.close();
  server = await startServer({ mongodbUri: database.uri, port: 0, log: pino({ level: 'silent' }) });
  baton = createBaton({ url: server.url, apiKey: key });
});

afterAll(async () => {
  await server.close();
  await database[Symbol.asyncDispose]();
});

function recorder(): { terminal: Terminal; lines: string[]; said: string[] } {
  const lines: string[] = [];
  const said: string[] = [];
  const terminal: Terminal = {
    print: (line) => void lines.push(line),
    printToStderr: (line) => void said.push(line),
    isInteractive: false,
    width: 100,
    colors: createColors(false),
  };
  return { terminal, lines, said };
}

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let wait = 0; wait < 200 && !condition(); wait += 1) await sleep(25);
  expect(condition()).toBe(true);
}

test('a live team with takeovers at random keeps every promise, and leaves the work of others alone', async () => {
  const theirs = await baton.api.conversations.create.mutate({ contactId: 'zoe', channel: 'web' });
  const dueAt = new Date(Date.now() - 1_000).toISOString();
  await baton.api.followUps.schedule.mutate({ conversationId: theirs.id, type: 'nurture', dueAt });
  const events: string[] = [];
  const report = await simulateLive(baton, {
    conversations: 3,
    // Long enough for every kind of deed on a slow machine too.
    durationMs: 5_000,
    seed: 3,
    onEvent: (what) => events.push(what),
  });
  expect(report.findings).toEqual([]);
  const { followUps } = await baton.api.conversations.get.query({ conversationId: theirs.id });
  expect(followUps).toMatchObject([{ status: 'open', attempts: 0 }]);
  expect(report.messages).toBeGreaterThan(10);
  expect(report.takeovers).toBe(events.length);
  expect(report.takeovers).toBeGreaterThan(0);
  expect(liveReportLines(report).at(-1)).toContain('nobody spoke out of turn');
  expect(liveReportLines({ ...report, findings: ['a gap'] }).at(-1)).toBe('Found: a gap');
});

test('a public message by somebody who does not own the conversation is found', () => {
  const id = ConversationId.parse('a'.repeat(24));
  const at = '2026-03-01T12:00:00.000Z';
  const base = { conversationId: id, version: 1, at, actor: { kind: 'system' as const } };
  const said = (seq: number, agentId: string, visibility: 'public' | 'internal') => ({
    ...base,
    seq,
    kind: 'message' as const,
    clientMessageId: `m${seq}`,
    author: { kind: 'agent' as const, agentId },
    text: 'Hi',
    visibility,
    redactedAt: null,
  });
  const entries = [
    {
      ...base,
      seq: 1,
      kind: 'created',
      contactId: 'c',
      channel: 'web',
      agentId: 'one',
      tags: [],
      metadata: {},
    },
    said(2, 'one', 'public'),
    said(3, 'two', 'internal'),
    said(4, 'two', 'public'),
    { ...base, seq: 5, kind: 'owner', from: 'one', to: 'two', epoch: 2 },
    said(6, 'one', 'public'),
    said(7, 'two', 'public'),
  ] as Entry[];
  expect(messagesByNonOwners(entries).map(({ seq }) => seq)).toEqual([4, 6]);
});

test('tail shows what happens, everywhere or in one conversation', async () => {
  const { id } = await baton.api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
  const other = await baton.api.conversations.create.mutate({ contactId: 'bob', channel: 'web' });
  const stop = new AbortController();
  const all = recorder();
  const one = recorder();
  const tails = [
    tail(baton, all.terminal, { signal: stop.signal, json: true }),
    tail(baton, one.terminal, { conversation: id, signal: stop.signal, json: false }),
  ];
  await waitUntil(() => all.said.length > 0 && one.said.length > 0);
  for (const conversationId of [id, other.id]) {
    await baton.api.messages.append.mutate({
      conversationId,
      clientMessageId: 'm',
      author: { kind: 'customer' },
      text: `Hello from ${conversationId}`,
    });
  }
  await waitUntil(() => all.lines.length === 2 && one.lines.length === 1);
  stop.abort();
  await Promise.all(tails);
  expect(all.lines.map((line) => JSON.parse(line).conversationId)).toEqual([id, other.id]);
  expect(one.lines[0]).toContain(`Hello from ${id}`);
});

test('tail of a conversation that does not exist says so', async () => {
  const { terminal } = recorder();
  const stop = new AbortController();
  const options = { conversation: 'f'.repeat(24), signal: stop.signal, json: false };
  await expect(tail(baton, terminal, options)).rejects.toThrow('No such conversation');
});
