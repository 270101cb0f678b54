import { ConversationId, type Entry } from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { liveReportLines, simulateLive } from './live.ts';
import { messagesByNonOwners } from './live-check.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
});

afterAll(() => cli[Symbol.asyncDispose]());

test('a live team with takeovers at random keeps every promise, and leaves the work of others alone', async () => {
  const theirs = await cli.baton.api.conversations.create.mutate({ contactId: 'zoe', channel: 'web' });
  const dueAt = new Date(Date.now() - 1_000).toISOString();
  await cli.baton.api.followUps.schedule.mutate({ conversationId: theirs.id, type: 'nurture', dueAt });
  const events: string[] = [];
  const report = await simulateLive(cli.baton, {
    conversations: 3,
    // Long enough for every kind of action, on a slow machine too.
    durationMs: 5_000,
    seed: 3,
    onEvent: (what) => events.push(what),
  });
  expect(report.findings).toEqual([]);
  const { followUps } = await cli.baton.api.conversations.get.query({ conversationId: theirs.id });
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
