import { AgentId, ConversationId } from '@baton/schema';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { createTerminal } from '../output/terminal.ts';

// Control characters are what is looked for.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/;

const HOSTILE = 'wharf \u001B[35mpink\u001B[2J \u0007\u009B35m\r\u202Eback\u2066 \u2028\u0085end';

let cli: TestCli;
let conversationId: ConversationId;

/** A conversation with the text wherever one may stand, and one contact as a version before let it be called. */
beforeAll(async () => {
  cli = await testCli();
  const { api } = cli.baton;
  conversationId = ConversationId.parse('6'.repeat(24));
  const place = { conversationId, at: '2026-01-05T09:00:00.000Z', actor: { kind: 'system' } as const };
  const contactId = `${HOSTILE}\n    9 01-05 09:00 · forged`;
  const agentId = AgentId.parse('supervisor');
  await api.conversations.restore.mutate({
    conversationId,
    entries: [
      {
        ...place,
        seq: 1,
        version: 1,
        kind: 'created',
        contactId,
        channel: 'web',
        agentId,
        tags: [HOSTILE],
        metadata: { note: HOSTILE },
      },
    ],
  });
  const by = 'supervisor';
  const reason = `${HOSTILE}\n    9 01-05 09:00 · forged`;
  const step = { conversationId, by };
  await api.messages.append.mutate({
    conversationId,
    clientMessageId: 'said',
    author: { kind: 'agent', agentId: by },
    text: HOSTILE,
    usage: { model: HOSTILE, inputTokens: 1, outputTokens: 1, costMicros: 1 },
    parts: [
      { type: 'tool_call', callId: 'c', name: HOSTILE, arguments: HOSTILE },
      { type: 'tool_result', callId: 'c', result: HOSTILE },
      { type: 'attachment', url: HOSTILE, name: HOSTILE },
    ],
  });
  await api.objections.raise.mutate({ ...step, type: 'price', severity: 'low', text: reason });
  await api.followUps.schedule.mutate({
    ...step,
    type: 'nurture',
    dueAt: '2031-01-01T00:00:00.000Z',
    context: HOSTILE,
  });
  await api.deals.update.mutate({ ...step, deal: { closeReason: reason } });
  await api.qualification.record.mutate({ ...step, need: { verdict: true, useCase: reason }, by });
  const brief = { goal: reason, done: [reason], open: [], facts: [], nextStep: reason };
  const handoff = { conversationId, from: by, to: 'closer', reason, trigger: 'manual', brief } as const;
  await api.handoffs.request.mutate(handoff);
  await api.conversations.update.mutate({ ...step, tags: ['plain'] });
});
afterAll(() => cli[Symbol.asyncDispose]());

const show = () => ['show', conversationId];
const COMMANDS: [string, () => string[]][] = [
  ['show', show],
  ['list', () => ['list']],
  ['search', () => ['search', 'wharf']],
  ['search --messages', () => ['search', '--messages', 'wharf']],
  ['search without hits', () => ['search', `"${HOSTILE}" nothing`]],
  ['a refused option', () => ['list', '--stage', HOSTILE]],
  ['a refused value', () => ['list', '--contact', `${HOSTILE}${'x'.repeat(300)}`]],
];

async function printed(args: string[], isColoured: boolean, width?: number): Promise<string> {
  let text = '';
  const write = (piece: string) => {
    text += piece;
    return true;
  };
  const stream = {
    write,
    once: () => undefined,
    isTTY: false,
    ...(width !== undefined && { columns: width }),
  };
  const terminal = createTerminal(stream, stream, isColoured ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' });
  await cli.runWith({ terminal }, ...args);
  return text;
}

describe.each(COMMANDS)('%s', (_, args) => {
  test.each([
    ['wide', undefined],
    ['narrow', 100],
  ])('shows what controls a terminal, and does not let it: %s', async (_width, width) => {
    const plain = await printed(args(), false, width);
    expect(plain).not.toBe('');
    expect(plain).not.toMatch(CONTROLS);
    const coloured = await printed(args(), true, width);
    const words = (text: string) => text.split(/\s+/).filter(Boolean);
    expect(words(stripVTControlCharacters(coloured))).toEqual(words(plain));
    expect(coloured).not.toContain('\u001B[35m');
    expect(coloured).not.toContain('\u001B[2J');
  });

  test('does not either where it prints JSON', async () => {
    const plain = await printed([...args(), '--json'], true);
    expect(plain).not.toMatch(CONTROLS);
  });
});

test('no text forges a line of the timeline', async () => {
  const lines = (await printed(show(), false)).split('\n');
  expect(lines.filter((line) => /^ {4}9 /.test(line))).toEqual([]);
});

test('JSON has the original', async () => {
  const shown = JSON.parse(await printed([...show(), '--json'], true)) as { entries: { text?: string }[] };
  expect(shown.entries.map(({ text }) => text)).toContain(HOSTILE);
});
