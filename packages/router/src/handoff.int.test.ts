import { AgentId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ANA,
  eventually,
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let api: TestServer['baton']['api'];

beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
  await api.agents.register.mutate({ id: 'billing', kind: 'queue', members: [ANA, 'closer'] });
});
afterAll(() => server[Symbol.asyncDispose]());

async function conversation(): Promise<string> {
  return (await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

const handing = {
  from: 'supervisor',
  to: 'qualifier',
  reason: 'Wants a price',
  trigger: 'user_intent',
} as const;

const brief = {
  goal: 'Sell the pro plan',
  done: ['Said hello'],
  open: ['Budget'],
  facts: [{ text: 'Has 5 people', seqs: [1] }],
  nextStep: 'Ask for the budget',
};

describe('handoffs.transfer', () => {
  test('gives the conversation to another agent at once, with its brief and its stage', async () => {
    const conversationId = await conversation();
    const {
      conversation: after,
      handoff,
      entries,
    } = await api.handoffs.transfer.mutate({ conversationId, ...handing, brief, stage: 'qualification' });
    expect(after).toMatchObject({
      owner: { agentId: 'qualifier', epoch: 2, previous: 'supervisor' },
      stage: 'qualification',
      handoffCount: 1,
      pendingHandoff: null,
      version: 2,
    });
    expect(handoff).toMatchObject({
      kind: 'transfer',
      status: 'accepted',
      acceptedBy: 'qualifier',
      confidence: 0.9,
      brief,
    });
    expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
      ['handoff', 2],
      ['owner', 2],
      ['stage', 2],
    ]);
    expect((await api.handoffs.list.query({ conversationId })).items).toEqual([handoff]);
  });

  test.each([
    ['of what another owns', { from: 'closer' }, 'NOT_OWNER', 409, { owner: { agentId: 'supervisor' } }],
    ['to oneself', { to: 'supervisor' }, 'INVALID_INPUT', 400, undefined],
    ['to nobody', { to: 'nobody' }, 'UNKNOWN_AGENT', 412, { agentId: 'nobody' }],
    ['to a queue', { to: 'billing' }, 'INVALID_INPUT', 400, undefined],
    [
      'into a stage that is not open',
      { stage: 'closing' },
      'INVALID_TRANSITION',
      412,
      { from: 'lead', to: 'closing' },
    ],
  ])('%s is refused', async (_, more, code, status, details) => {
    const conversationId = await conversation();
    const refusal = await refusalOf(
      api.handoffs.transfer.mutate({ conversationId, ...handing, ...more } as never),
    );
    expect(refusal).toMatchObject({ code, status, ...(details && { details }) });
    expect(await api.conversations.get.query({ conversationId })).toMatchObject({
      version: 1,
      owner: { epoch: 1 },
    });
  });

  test('to one who is away or full is refused', async () => {
    await api.agents.register.mutate({ id: 'sleeper', kind: 'ai', availability: 'away' });
    await api.agents.register.mutate({ id: 'busy', kind: 'ai', capacity: 1 });
    await api.handoffs.transfer.mutate({ conversationId: await conversation(), ...handing, to: 'busy' });
    const conversationId = await conversation();
    expect(
      await refusalOf(api.handoffs.transfer.mutate({ conversationId, ...handing, to: 'sleeper' })),
    ).toMatchObject({
      code: 'AGENT_UNAVAILABLE',
      status: 409,
      details: { agentId: 'sleeper' },
    });
    expect(
      await refusalOf(api.handoffs.transfer.mutate({ conversationId, ...handing, to: 'busy' })),
    ).toMatchObject({
      code: 'AGENT_FULL',
      status: 409,
      details: { agentId: 'busy', capacity: 1 },
    });
  });

  test('to one who is full is done by force of a manager alone, and says so', async () => {
    await api.agents.register.mutate({ id: 'none_left', kind: 'ai', capacity: 0 });
    const conversationId = await conversation();
    const forced = { conversationId, ...handing, to: 'none_left', force: true };
    expect(await refusalOf(server.plain.api.handoffs.transfer.mutate(forced))).toMatchObject({
      code: 'FORBIDDEN',
      details: { role: 'app', needs: ['manager', 'admin'], field: 'force' },
    });
    const { entries } = await api.handoffs.transfer.mutate(forced);
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'transferred', forced: true },
      { kind: 'owner' },
    ]);
    expect((await api.conversations.timeline.query({ conversationId, afterSeq: 1 })).items).toEqual(entries);
  });

  test('back and forth with nothing new between is a loop, until the customer says something', async () => {
    const conversationId = await conversation();
    const there = { conversationId, ...handing };
    const back = { ...there, from: 'qualifier', to: 'supervisor' };
    await api.handoffs.transfer.mutate(there);
    await api.handoffs.transfer.mutate(back);
    expect(await refusalOf(api.handoffs.transfer.mutate(there))).toMatchObject({
      code: 'HANDOFF_LOOP',
      status: 409,
      details: { chain: ['supervisor', 'qualifier', 'supervisor', 'qualifier'] },
    });
    await api.messages.append.mutate({
      conversationId,
      clientMessageId: 'm',
      author: { kind: 'customer' },
      text: 'Hello?',
    });
    expect((await api.handoffs.transfer.mutate(there)).conversation.owner.agentId).toBe('qualifier');
  });
});

describe('a requested handoff', () => {
  test('waits until it is accepted', async () => {
    const conversationId = await conversation();
    const { handoff, conversation: asked } = await api.handoffs.request.mutate({
      conversationId,
      ...handing,
      stage: 'qualification',
    });
    expect(asked).toMatchObject({ owner: { agentId: 'supervisor' }, pendingHandoff: handoff });
    expect((await api.handoffs.pending.query({ agentId: 'qualifier' })).items.map(({ id }) => id)).toContain(
      handoff.id,
    );
    const { conversation: after } = await api.handoffs.accept.mutate({
      handoffId: handoff.id,
      by: 'qualifier',
    });
    expect(after).toMatchObject({
      owner: { agentId: 'qualifier', epoch: 2 },
      stage: 'qualification',
      pendingHandoff: null,
    });
    expect((await api.handoffs.list.query({ conversationId, status: 'accepted' })).items).toMatchObject([
      { id: handoff.id, acceptedBy: 'qualifier' },
    ]);
    expect(
      await refusalOf(api.handoffs.accept.mutate({ handoffId: handoff.id, by: 'qualifier' })),
    ).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      trpc: 'CONFLICT',
      status: 409,
      details: { handoffId: handoff.id },
    });
  });

  test('is rejected by the one that was asked, and by nobody else', async () => {
    const { handoff } = await api.handoffs.request.mutate({
      conversationId: await conversation(),
      ...handing,
    });
    expect(
      await refusalOf(api.handoffs.reject.mutate({ handoffId: handoff.id, by: 'closer' })),
    ).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect(
      await refusalOf(api.handoffs.accept.mutate({ handoffId: handoff.id, by: 'closer' })),
    ).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    const { handoff: rejected, conversation: after } = await api.handoffs.reject.mutate({
      handoffId: handoff.id,
      by: 'qualifier',
      reason: 'Not mine',
    });
    expect(rejected).toMatchObject({ status: 'rejected', resolution: 'Not mine' });
    expect(after).toMatchObject({
      owner: { agentId: 'supervisor', epoch: 1 },
      pendingHandoff: null,
      handoffCount: 0,
    });
  });

  test('is cancelled, and then another may be asked', async () => {
    const conversationId = await conversation();
    const { handoff } = await api.handoffs.request.mutate({ conversationId, ...handing });
    const again = { conversationId, ...handing, to: 'closer' };
    for (const refusal of await Promise.all(
      [api.handoffs.request.mutate(again), api.handoffs.transfer.mutate(again)].map(refusalOf),
    )) {
      expect(refusal).toMatchObject({
        code: 'HANDOFF_PENDING',
        status: 409,
        details: { handoffId: handoff.id },
      });
    }
    expect(
      (await api.handoffs.cancel.mutate({ handoffId: handoff.id, reason: 'Changed my mind' })).handoff,
    ).toMatchObject({ status: 'cancelled' });
    expect((await api.handoffs.request.mutate(again)).handoff).toMatchObject({
      status: 'pending',
      to: 'closer',
    });
  });

  test('to a queue is shown to its members, and one of them takes it', async () => {
    const conversationId = await conversation();
    const { handoff } = await api.handoffs.request.mutate({ conversationId, ...handing, to: 'billing' });
    expect((await api.handoffs.pending.query({ agentId: ANA })).items.map(({ id }) => id)).toContain(
      handoff.id,
    );
    expect((await api.handoffs.pending.query({})).items.map(({ id }) => id)).toContain(handoff.id);
    const { handoff: taken, conversation: after } = await api.handoffs.accept.mutate({
      handoffId: handoff.id,
      by: ANA,
    });
    expect(taken).toMatchObject({ to: 'billing', acceptedBy: ANA });
    expect(after.owner.agentId).toBe(ANA);
  });

  test('expires by itself', async () => {
    const conversationId = await conversation();
    const expiresAt = new Date(Date.now() + 150).toISOString();
    const { handoff } = await api.handoffs.request.mutate({ conversationId, ...handing, expiresAt });
    const expired = await eventually(async () => {
      const now = await api.conversations.get.query({ conversationId });
      return now.pendingHandoff === null && now;
    });
    expect(expired.owner.agentId).toBe('supervisor');
    const { items } = await api.handoffs.list.query({ conversationId });
    expect(items).toMatchObject([{ id: handoff.id, status: 'expired' }]);
    expect(items[0]?.resolvedAt && items[0].resolvedAt >= expiresAt).toBe(true);
  });

  test('that has expired already is not asked for', async () => {
    const conversationId = await conversation();
    const expiresAt = '2020-01-01T00:00:00.000Z';
    expect(
      await refusalOf(api.handoffs.request.mutate({ conversationId, ...handing, expiresAt })),
    ).toMatchObject({ code: 'INVALID_INPUT', details: { faults: [{ path: 'expiresAt' }] } });
  });
});

describe('a person', () => {
  test('takes over at once, whatever is pending, and gives it back', async () => {
    const conversationId = await conversation();
    const { handoff } = await api.handoffs.request.mutate({ conversationId, ...handing });
    const { conversation: taken, entries } = await api.handoffs.takeover.mutate({ conversationId, by: ANA });
    expect(taken).toMatchObject({ owner: { agentId: ANA, epoch: 2 }, pendingHandoff: null });
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'cancelled', handoff: { id: handoff.id } },
      { kind: 'handoff', action: 'taken_over' },
      { kind: 'owner', to: ANA },
    ]);
    const { conversation: released, handoff: release } = await api.handoffs.release.mutate({
      conversationId,
      by: ANA,
    });
    expect(released.owner).toMatchObject({ agentId: 'supervisor', epoch: 3 });
    expect(release).toMatchObject({ kind: 'release', reason: 'Given back' });
  });

  test('takes over once, and no machine does', async () => {
    const conversationId = await conversation();
    expect(await refusalOf(api.handoffs.takeover.mutate({ conversationId, by: 'closer' }))).toMatchObject({
      code: 'FORBIDDEN',
      status: 403,
    });
    expect(await refusalOf(api.handoffs.takeover.mutate({ conversationId, by: 'nobody' }))).toMatchObject({
      code: 'UNKNOWN_AGENT',
      status: 412,
    });
    await api.handoffs.takeover.mutate({ conversationId, by: ANA });
    expect(await refusalOf(api.handoffs.takeover.mutate({ conversationId, by: ANA }))).toMatchObject({
      code: 'ALREADY_OWNER',
      status: 409,
    });
  });

  test('releases only what they own, and to somebody else', async () => {
    const conversationId = await conversation();
    expect(await refusalOf(api.handoffs.release.mutate({ conversationId, by: ANA }))).toMatchObject({
      code: 'NOT_OWNER',
      status: 409,
    });
    await api.handoffs.takeover.mutate({ conversationId, by: ANA });
    expect(await refusalOf(api.handoffs.release.mutate({ conversationId, by: ANA, to: ANA }))).toMatchObject({
      code: 'INVALID_INPUT',
      status: 400,
    });
    expect(
      (await api.handoffs.release.mutate({ conversationId, by: ANA, to: 'closer' })).conversation.owner
        .agentId,
    ).toBe('closer');
  });
});

test('a closed conversation changes hands no more', async () => {
  const conversationId = await conversation();
  await api.conversations.close.mutate({ conversationId });
  for (const refusal of await Promise.all(
    [
      api.handoffs.transfer.mutate({ conversationId, ...handing }),
      api.handoffs.request.mutate({ conversationId, ...handing }),
      api.handoffs.takeover.mutate({ conversationId, by: ANA }),
      api.handoffs.release.mutate({ conversationId, by: AgentId.parse('supervisor'), to: 'closer' }),
    ].map(refusalOf),
  )) {
    expect(refusal).toMatchObject({ code: 'CONVERSATION_CLOSED', status: 412 });
  }
});
