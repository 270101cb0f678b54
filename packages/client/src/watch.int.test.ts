import {
  AgentId,
  AppendMessage,
  type CommandInput,
  type CommandType,
  type Conversation,
  type ConversationId,
  RaiseObjection,
  TakeOver,
  UpdateConversation,
} from '@baton/schema';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANA, eventually, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { Gate } from '../test/gate.ts';
import {
  customerSays,
  expectEqualToStore,
  newConversation,
  newMessageId,
  numbers,
  record,
  seqsOf,
  textsOf,
} from '../test/watching.ts';
import type { Baton } from './client.ts';
import { messagesOf } from './messages-of.ts';
import type { ConversationReplica } from './watch.ts';

let server: TestServer;
let gate: Gate;
let baton: Baton;
const open: ConversationReplica[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  gate = new Gate();
  baton = server.connect({ fetch: gate.fetch });
});
afterEach(() => {
  gate.releaseAnswers();
  gate.releaseFeed();
  for (const replica of open.splice(0)) replica.close();
});

const supervisor = { kind: 'agent', agentId: AgentId.parse('supervisor') } as const;

const conversation = () => newConversation(server);
const say = (conversationId: string, text: string) => customerSays(server, conversationId, text);

async function watch(conversationId: string, by = baton): Promise<ConversationReplica> {
  const replica = by.watch(conversationId, { actor: supervisor });
  open.push(replica);
  await replica.until(({ status }) => status === 'live');
  return replica;
}

const message = (
  conversationId: ConversationId,
  text: string,
  author: AppendMessage['author'] = supervisor,
) => AppendMessage.parse({ conversationId, clientMessageId: newMessageId(), author, text });

describe('a replica', () => {
  test('loads the conversation and its entries, then follows what happens', async () => {
    const conversationId = await conversation();
    const replica = baton.watch(conversationId);
    open.push(replica);
    expect(replica.state).toEqual({
      status: 'loading',
      conversation: null,
      entries: [],
      pending: [],
      hasEarlier: false,
      lastHeardAt: null,
      error: null,
    });
    const states = record(replica);
    const before = Date.now();
    await replica.until(({ status }) => status === 'live');
    expect(textsOf(replica.state)).toEqual(['Hello']);
    await say(conversationId, 'Still there?');
    await replica.until((state) => textsOf(state).length === 2);
    expect(replica.state.lastHeardAt).toBeGreaterThanOrEqual(before);
    await expectEqualToStore(server, replica);
    expect(new Set(states.map(({ status }) => status))).toEqual(new Set(['loading', 'live']));
    expect(replica.state).toBe(replica.state);
  });

  test('follows all kinds of change, and stays equal to the store', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    const { api } = server.baton;
    await api.stages.transition.mutate({ conversationId, to: 'qualification' });
    await api.qualification.record.mutate({
      conversationId,
      budget: { verdict: true, value: '10k' },
      by: 'qualifier',
    });
    const { objection } = await api.objections.raise.mutate({
      conversationId,
      type: 'price',
      text: 'x',
      severity: 'low',
    });
    await api.objections.defer.mutate({
      objectionId: objection.id,
      reason: 'Later',
      followUpAt: '2035-01-01T00:00:00.000Z',
    });
    await api.handoffs.takeover.mutate({ conversationId, by: ANA });
    await api.deals.update.mutate({ conversationId, deal: { monthlyValueCents: 1 } });
    await api.conversations.update.mutate({ conversationId, tags: ['a'], metadata: { b: 1 } });
    await api.conversations.close.mutate({ conversationId });
    await expectEqualToStore(server, replica);
    expect(replica.state.conversation).toMatchObject({ status: 'completed', owner: { agentId: ANA } });
  });

  test('blanks what was redacted, in entries that it has and in those that it loads', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    const { entry } = await say(conversationId, 'My card is 4111');
    await replica.until((state) => textsOf(state).includes('My card is 4111'));
    await server.baton.api.messages.redact.mutate({ conversationId, seq: entry.seq });
    await replica.until(({ conversation: shown }) => shown?.lastSeq === 4);
    expect(textsOf(replica.state)).toEqual(['Hello', '']);
    await expectEqualToStore(server, replica);
  });

  test('gives messages as they stand after edits, reports and ratings', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    const { messages } = server.baton.api;
    for (const text of ['One', 'Two']) await say(conversationId, text);
    for (const text of ['Uno', 'Due']) await messages.revise.mutate({ conversationId, seq: 3, text });
    await messages.report.mutate({ conversationId, seq: 4, state: 'read' });
    await messages.rate.mutate({ conversationId, seq: 4, verdict: 'good' });
    await messages.redact.mutate({ conversationId, seq: 4 });
    await replica.until(({ conversation: shown }) => shown?.lastSeq === 9);
    expect(messagesOf(replica.state)).toEqual((await messages.list.query({ conversationId })).items);
    expect(messagesOf(replica.state).map(({ text }) => text)).toEqual(['Hello', 'Due', '']);
  });

  test('begins with the latest 200 entries and loads those before on demand', async () => {
    const conversationId = await conversation();
    for (let turn = 0; turn < 5; turn += 1) {
      const messages = Array.from({ length: 100 }, (_, n) => ({
        clientMessageId: `${turn}-${n}`,
        author: { kind: 'customer' as const },
        text: `${n}`,
      }));
      await server.baton.api.messages.appendTurn.mutate({ conversationId, messages });
    }
    const replica = await watch(conversationId);
    expect(seqsOf(replica.state)).toEqual(numbers(502).slice(302));
    expect(replica.state.hasEarlier).toBe(true);
    await Promise.all([replica.loadEarlier(), replica.loadEarlier()]);
    expect(seqsOf(replica.state)).toEqual(numbers(502).slice(102));
    const redact = server.baton.api.messages.redact.mutate({ conversationId, seq: 50 });
    gate.holdFeed();
    await redact;
    await replica.loadEarlier();
    gate.releaseFeed();
    expect(seqsOf(replica.state).slice(0, 502)).toEqual(numbers(502));
    expect(replica.state.hasEarlier).toBe(false);
    await replica.loadEarlier();
    await replica.until(({ conversation: shown }) => shown?.lastSeq === 503);
    expect(replica.state.entries[49]).toMatchObject({ seq: 50, text: '' });
  });

  test('stops where it is told, and whoever waits for it is told', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    const states = record(replica);
    const waiting = replica.until(() => false);
    replica[Symbol.dispose]();
    await expect(waiting).rejects.toThrow('closed');
    await say(conversationId, 'Anyone?');
    expect(states).toHaveLength(1);
    await eventually(() => server.store.feed.subscriptions === 0);
    const early = baton.watch(conversationId);
    early.close();
    await expect(early.until(({ status }) => status === 'live')).rejects.toThrow('closed');
    expect(early.state.status).toBe('loading');
  });

  test('stops telling one who no longer listens', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    let told = 0;
    const stop = replica.subscribe(() => (told += 1));
    stop();
    await say(conversationId, 'x');
    await replica.until((state) => textsOf(state).length === 2);
    expect(told).toBe(0);
  });
});

describe('a command of its own', () => {
  test('is shown at once and confirmed by the answer', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    gate.holdAnswers();
    gate.holdFeed();
    const input = message(conversationId, 'On it');
    const running = replica.run('messages.append', input, ({ messages }) => messages.append.mutate(input));
    expect(textsOf(replica.state)).toEqual(['Hello', 'On it']);
    expect(replica.state.pending).toMatchObject([{ kind: 'message', text: 'On it', seq: 3 }]);
    expect(replica.state.conversation).toMatchObject({
      lastSeq: 3,
      lastMessage: { preview: 'On it' },
      metrics: { waitingSince: null },
    });
    gate.releaseAnswers();
    const { entry } = await running;
    expect(replica.state.pending).toEqual([]);
    expect(replica.state.entries.at(-1)).toEqual(entry);
    gate.releaseFeed();
    await expectEqualToStore(server, replica);
  });

  test('that is refused is taken back, and its reason thrown', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    await server.baton.api.handoffs.takeover.mutate({ conversationId, by: ANA });
    gate.holdFeed();
    const stale = await watch(conversationId, server.baton);
    expect(stale.state.conversation?.owner.agentId).toBe(ANA);
    const input = UpdateConversation.parse({ conversationId, tags: ['x'], expectedVersion: 1 });
    gate.holdAnswers();
    const states = record(replica);
    const running = replica.run(
      'conversations.update',
      { ...input, expectedVersion: undefined },
      ({ conversations }) => conversations.update.mutate(input),
    );
    expect(replica.state.conversation?.tags).toEqual(['x']);
    gate.releaseAnswers();
    await expect(running).rejects.toMatchObject({ data: { baton: { code: 'VERSION_CONFLICT' } } });
    expect(replica.state.conversation?.tags).toEqual([]);
    expect(replica.state.pending).toEqual([]);
    expect(states.at(-1)?.conversation?.tags).toEqual([]);
    gate.releaseFeed();
    await expectEqualToStore(server, replica);
  });

  test('that the rules refuse here is not shown; the server says why', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    const input = message(conversationId, 'Not mine', { kind: 'agent', agentId: AgentId.parse('closer') });
    const states = record(replica);
    const running = replica.run('messages.append', input, ({ messages }) => messages.append.mutate(input));
    await expect(running).rejects.toMatchObject({ data: { baton: { code: 'NOT_OWNER' } } });
    expect(states.flatMap(textsOf)).not.toContain('Not mine');
  });

  test('sees the effect of the one before it', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    gate.holdAnswers();
    const takeOver = TakeOver.parse({ conversationId, by: ANA });
    const words = message(conversationId, 'Ana here', { kind: 'agent', agentId: ANA });
    const running = [
      replica.run('handoffs.takeover', takeOver, ({ handoffs }) => handoffs.takeover.mutate(takeOver)),
      replica.run('messages.append', words, ({ messages }) => messages.append.mutate(words)),
    ];
    expect(replica.state.conversation).toMatchObject({
      owner: { agentId: ANA },
      lastMessage: { preview: 'Ana here' },
    });
    expect(replica.state.pending.map(({ kind }) => kind)).toEqual(['handoff', 'owner', 'message']);
    gate.releaseAnswers();
    await Promise.all(running);
    await expectEqualToStore(server, replica);
  });

  /** Each way in which a command may be answered. */
  const commands: [
    string,
    (id: ConversationId, replica: ConversationReplica) => Promise<unknown>,
    (conversation: Conversation) => unknown,
    unknown,
  ][] = [
    [
      'a message',
      (id, replica) =>
        send(replica, 'messages.append', message(id, 'Once'), (api, input) =>
          api.messages.append.mutate(input),
        ),
      ({ metrics }) => metrics.messages,
      2,
    ],
    [
      'a turn',
      (conversationId, replica) => {
        const messages = ['one', 'two'].map((text) => ({
          clientMessageId: `${conversationId}-${text}`,
          author: supervisor,
          text,
          visibility: 'public' as const,
        }));
        return send(replica, 'messages.appendTurn', { conversationId, messages }, (api, input) =>
          api.messages.appendTurn.mutate(input),
        );
      },
      ({ metrics }) => metrics.messages,
      3,
    ],
    [
      'an objection',
      (conversationId, replica) =>
        send(
          replica,
          'objections.raise',
          RaiseObjection.parse({ conversationId, type: 'price', text: 'x', severity: 'low' }),
          (api, input) => api.objections.raise.mutate(input),
        ),
      ({ activeObjections }) => activeObjections,
      1,
    ],
    [
      'a takeover',
      (conversationId, replica) =>
        send(replica, 'handoffs.takeover', TakeOver.parse({ conversationId, by: ANA }), (api, input) =>
          api.handoffs.takeover.mutate(input),
        ),
      ({ handoffCount }) => handoffCount,
      1,
    ],
    [
      'a pause',
      (conversationId, replica) =>
        send(replica, 'conversations.pause', { conversationId }, (api, input) =>
          api.conversations.pause.mutate(input),
        ),
      ({ status }) => status,
      'paused',
    ],
  ];

  function send<Type extends CommandType, Answer>(
    replica: ConversationReplica,
    type: Type,
    input: CommandInput<Type>,
    call: (api: Baton['api'], input: CommandInput<Type>) => Promise<Answer>,
  ): Promise<Answer> {
    return replica.run(type, input, (api) => call(api, input));
  }

  test.each(commands)(
    '%s is shown once, although the feed is quicker than the answer',
    async (_, run, look, expected) => {
      const conversationId = await conversation();
      const replica = await watch(conversationId);
      gate.holdAnswers();
      const states = record(replica);
      const running = run(conversationId, replica);
      await eventually(
        async () => (await server.baton.api.conversations.get.query({ conversationId })).lastSeq > 2,
      );
      const kept = await server.baton.api.conversations.get.query({ conversationId });
      await replica.until(({ entries, pending }) => entries.length - pending.length === kept.lastSeq);
      expect(replica.state.pending).toEqual([]);
      gate.releaseAnswers();
      await running;
      await expectEqualToStore(server, replica);
      const shown = states.flatMap(({ conversation: each }) => (each === null ? [] : [look(each)]));
      const before = shown[0];
      expect(shown.filter((value) => value !== before && value !== expected)).toEqual([]);
      // Once shown it is not taken back for a moment.
      expect(shown.slice(shown.indexOf(expected)).every((value) => value === expected)).toBe(true);
    },
  );

  test.each(commands)(
    '%s stays shown, although the answer is quicker than the feed',
    async (_, run, look, expected) => {
      const conversationId = await conversation();
      const replica = await watch(conversationId);
      gate.holdFeed();
      // Something that the feed has not brought yet lies before it.
      await server.baton.api.conversations.update.mutate({ conversationId, tags: ['unseen'] });
      const states = record(replica);
      await run(conversationId, replica);
      const current = replica.state.conversation;
      expect(current === null ? null : look(current)).toEqual(expected);
      gate.releaseFeed();
      await expectEqualToStore(server, replica);
      const shown = states.flatMap(({ conversation: each }) => (each === null ? [] : [look(each)]));
      expect(shown.slice(shown.indexOf(expected)).every((value) => value === expected)).toBe(true);
    },
  );
});
