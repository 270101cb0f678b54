import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANA, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { Gate } from '../test/gate.ts';
import { customerSays, newConversation } from '../test/watching.ts';
import { AgentSession, OwnershipLost } from './agent-session.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const open = (conversationId: string, agentId = 'supervisor', by = server.baton) =>
  AgentSession.open(by, { conversationId, agentId });

const wordsIn = async (conversationId: string) =>
  (await server.baton.api.messages.list.query({ conversationId })).items.map(({ text }) => text);

const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });

describe('an agent who owns the conversation', () => {
  test('hears the customer and answers', async () => {
    const conversationId = await newConversation(server);
    using session = await open(conversationId);
    expect(session.epoch).toBe(1);
    await customerSays(server, conversationId, 'What does it cost?');
    await session.replica.until(
      ({ conversation }) => conversation?.lastMessage?.preview === 'What does it cost?',
    );
    const { entry } = await session.say({ text: '$99', inReplyTo: 3 });
    expect(entry).toMatchObject({
      author: { kind: 'agent', agentId: 'supervisor' },
      text: '$99',
      inReplyTo: 3,
      visibility: 'public',
    });
    expect(session.lost.aborted).toBe(false);
  });

  test('says a thing once, and a turn once, however often it is sent under its id', async () => {
    const conversationId = await newConversation(server);
    using session = await open(conversationId);
    const [first, again] = [
      await session.say({ text: 'One' }, 'reply'),
      await session.say({ text: 'One' }, 'reply'),
    ];
    expect(again).toEqual(first);
    const turn = [
      { text: 'Let me look' },
      { text: 'looked it up', visibility: 'internal' as const },
      { text: 'Found it' },
    ];
    const answers = await Promise.all([1, 2, 3].map(() => session.sayTurn(turn, 'turn')));
    expect(answers[0]?.entries).toHaveLength(3);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await session.sayTurn([{ text: 'Anything else?' }]);
    expect(await wordsIn(conversationId)).toEqual([
      'Hello',
      'One',
      'Let me look',
      'looked it up',
      'Found it',
      'Anything else?',
    ]);
  });

  test('hands over, and is done with it', async () => {
    const conversationId = await newConversation(server);
    using session = await open(conversationId);
    const { conversation, handoff } = await session.handOver({
      to: 'closer',
      reason: 'Ready to buy',
      trigger: 'stage_complete',
    });
    expect(conversation.owner.agentId).toBe('closer');
    expect(handoff).toMatchObject({ from: 'supervisor', to: 'closer' });
    expect(await aborted(session.lost)).toMatchObject({ name: 'OwnershipLost', owner: 'closer' });
    await expect(session.say({ text: 'One more thing' })).rejects.toBeInstanceOf(OwnershipLost);
    expect(await wordsIn(conversationId)).toEqual(['Hello']);
  });
});

test('an agent asks a queue, and goes on until a member accepts', async () => {
  const { api } = server.baton;
  await api.agents.register.mutate({ id: 'desk', kind: 'queue', members: [ANA] });
  const conversationId = await newConversation(server);
  using session = await open(conversationId);
  const { handoff } = await session.request({ to: 'desk', reason: 'Wants a person', trigger: 'user_intent' });
  await session.say({ text: 'A colleague will be with you' });
  expect(session.lost.aborted).toBe(false);
  await api.handoffs.accept.mutate({ handoffId: handoff.id, by: ANA });
  expect(await aborted(session.lost)).toMatchObject({ name: 'OwnershipLost', owner: ANA });
});

describe('a takeover', () => {
  test('is heard at once by the agent who had the conversation', async () => {
    const conversationId = await newConversation(server);
    using session = await open(conversationId);
    await server.baton.api.handoffs.takeover.mutate({ conversationId, by: ANA });
    const reason = await aborted(session.lost);
    expect(reason).toBeInstanceOf(OwnershipLost);
    expect(reason).toMatchObject({
      owner: ANA,
      message: 'supervisor no longer owns the conversation; ana does',
    });
  });

  test('refuses a reply that was written before it, and the reply does not appear', async () => {
    const conversationId = await newConversation(server);
    const gate = new Gate();
    using session = await open(conversationId, 'supervisor', server.connect({ fetch: gate.fetch }));
    // The agent does not hear of the takeover yet.
    gate.holdFeed();
    await server.baton.api.handoffs.takeover.mutate({ conversationId, by: ANA });
    expect(session.lost.aborted).toBe(false);
    const reply = session.say({ text: 'Too late' });
    await expect(reply).rejects.toMatchObject({
      name: 'OwnershipLost',
      cause: { data: { baton: { code: 'STALE_OWNER' } } },
    });
    await expect(session.sayTurn([{ text: 'Too late' }, { text: 'as well' }])).rejects.toBeInstanceOf(
      OwnershipLost,
    );
    expect(session.lost.aborted).toBe(true);
    gate.releaseFeed();
    expect(await wordsIn(conversationId)).toEqual(['Hello']);
  });

  test('and a release back do not make an old reply good', async () => {
    const conversationId = await newConversation(server);
    const gate = new Gate();
    const held = server.connect({ fetch: gate.fetch });
    using old = await open(conversationId, 'supervisor', held);
    using older = await open(conversationId, 'supervisor', held);
    gate.holdFeed();
    await server.baton.api.handoffs.takeover.mutate({ conversationId, by: ANA });
    await server.baton.api.handoffs.release.mutate({ conversationId, by: ANA });
    const handing = { to: 'closer', reason: 'From before', trigger: 'policy' } as const;
    await expect(old.say({ text: 'From before' })).rejects.toBeInstanceOf(OwnershipLost);
    expect(old.lost.aborted).toBe(true);
    await expect(older.handOver(handing)).rejects.toBeInstanceOf(OwnershipLost);
    using fresh = await open(conversationId);
    expect(fresh.epoch).toBe(3);
    await fresh.say({ text: 'From after' });
    gate.releaseFeed();
    expect(await wordsIn(conversationId)).toEqual(['Hello', 'From after']);
  });
});

describe('a session', () => {
  test('does not begin for one who does not own the conversation', async () => {
    const conversationId = await newConversation(server);
    await expect(open(conversationId, 'closer')).rejects.toMatchObject({
      name: 'OwnershipLost',
      owner: 'supervisor',
    });
  });

  test('gives up beginning where it is told to', async () => {
    const gate = new Gate();
    gate.instead = () => new Response('Bad gateway', { status: 502 });
    const opening = AgentSession.open(server.connect({ fetch: gate.fetch }), {
      conversationId: 'f'.repeat(24),
      agentId: 'supervisor',
      signal: AbortSignal.timeout(50),
    });
    await expect(opening).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('ends where nobody can tell any longer who owns the conversation', async () => {
    const gate = new Gate();
    const conversationId = await newConversation(server);
    using session = await open(conversationId, 'supervisor', server.connect({ fetch: gate.fetch }));
    gate.instead = () => new Response('Gone', { status: 410 });
    gate.cut();
    expect(await aborted(session.lost)).toMatchObject({ message: 'Non-200 status code (410)' });
    await expect(session.say({ text: 'Hello?' })).rejects.toThrow('410');
  });

  test('does not begin where there is no conversation', async () => {
    await expect(open('f'.repeat(24))).rejects.toMatchObject({ data: { baton: { code: 'NOT_FOUND' } } });
  });

  test('tells refusals that have nothing to do with ownership as they are', async () => {
    const conversationId = await newConversation(server);
    using session = await open(conversationId);
    await server.baton.api.conversations.close.mutate({ conversationId });
    await expect(session.say({ text: 'Bye' })).rejects.toMatchObject({
      data: { baton: { code: 'CONVERSATION_CLOSED' } },
    });
    expect(session.lost.aborted).toBe(false);
  });
});
