import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import {
  AgentId,
  type Conversation,
  CreateConversation,
  RequestHandoff,
  ScheduleFollowUp,
  TakeOver,
  TenantId,
} from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { movedClock } from '../../test/clocks.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';
import { TwoStores } from '../../test/two-stores.ts';

const TENANT = TenantId.parse('races');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const ROUNDS = 200;
const members = ['ann', 'bob', 'cid', 'dee', 'eve'].map((id) => AgentId.parse(id));
const [closer, person] = [AgentId.parse('closer'), AgentId.parse('maria')];

let two: TwoStores;
let stores: TwoStores['stores'];
let contacts = 0;

beforeAll(async () => {
  two = await TwoStores.open(TENANT);
  ({ stores } = two);
  const [{ agents }] = stores;
  const common = { roles: [], capacity: null, availability: 'available' as const };
  for (const id of members) await agents.register(TENANT, { id, kind: 'ai', members: [], ...common });
  await agents.register(TENANT, { id: person, kind: 'human', members: [], ...common });
  await agents.register(TENANT, { id: AgentId.parse('desk'), kind: 'queue', members, ...common });
  await agents.register(TENANT, {
    id: AgentId.parse('small'),
    kind: 'human',
    members: [],
    ...common,
    capacity: 3,
  });
});

afterAll(() => two[Symbol.asyncDispose]());

const storeOf = (index: number): Store => stores[index % 2 === 0 ? 0 : 1];

async function conversation(agentId: AgentId = closer): Promise<Conversation> {
  const input = CreateConversation.parse({
    contactId: `contact-${(contacts += 1)}`,
    channel: 'web',
    agentId,
  });
  return (await stores[0].execute(caller, 'conversations.create', input)).conversation;
}

/** The code of a refusal; null for what was done. */
async function codeOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

test('of many members that accept for their queue at once, exactly one gets it', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id } = await conversation();
    const request = RequestHandoff.parse({
      conversationId: id,
      from: closer,
      to: 'desk',
      reason: 'Free hands',
      trigger: 'timeout',
    });
    const { conversation: asked } = await stores[0].execute(caller, 'handoffs.request', request);
    const handoffId = asked.pendingHandoff?.id;
    if (handoffId === undefined) throw new Error('a handoff is pending');
    const codes = await Promise.all(
      members.map((by, index) =>
        codeOf(storeOf(index).execute(caller, 'handoffs.accept', { handoffId, by })),
      ),
    );
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(new Set(codes.filter((code) => code !== null))).toEqual(new Set(['HANDOFF_NOT_PENDING']));
    const after = await stores[0].conversations.get(TENANT, { conversationId: id });
    expect(after.owner).toMatchObject({ agentId: members[codes.indexOf(null)], epoch: 2 });
  }
}, 60_000);

test('a handoff that is accepted at the very instant of its expiry is either accepted or expired, once', async () => {
  const [, second] = two.connections;
  const by = members[0] ?? closer;
  // By its clock the handoff still runs, by that of the server that looks for what has expired it is over.
  const behind = openStore({ ...second, clock: movedClock(() => Date.now() - 60_000) });
  const won = { accepted: 0, expired: 0 };
  let expiryLaterMs = 0;
  for (let round = 0; round < 40; round += 1) {
    const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });
    const { id } = (await behind.execute(caller, 'conversations.create', input)).conversation;
    const request = RequestHandoff.parse({
      conversationId: id,
      from: 'supervisor',
      to: by,
      reason: 'Yours',
      trigger: 'manual',
      expiresAt: new Date(Date.now() - 1_000).toISOString(),
    });
    const { conversation: asked } = await behind.execute(caller, 'handoffs.request', request);
    const handoffId = asked.pendingHandoff?.id;
    if (handoffId === undefined) throw new Error('a handoff is pending');
    const [code, expired] = await Promise.all([
      sleep(Math.max(0, -expiryLaterMs)).then(() =>
        codeOf(behind.execute(caller, 'handoffs.accept', { handoffId, by })),
      ),
      sleep(Math.max(0, expiryLaterMs)).then(() => stores[0].expireHandoffs()),
    ]);
    const isAccepted = code === null;
    expect([code, expired]).toEqual(isAccepted ? [null, 0] : ['HANDOFF_NOT_PENDING', 1]);
    const { items } = await stores[0].timeline.read(TENANT, { conversationId: id, limit: 100 });
    expect(items.map((entry) => (entry.kind === 'handoff' ? entry.action : entry.kind))).toEqual(
      isAccepted ? ['created', 'requested', 'accepted', 'owner'] : ['created', 'requested', 'expired'],
    );
    expect(await stores[0].conversations.get(TENANT, { conversationId: id })).toMatchObject({
      pendingHandoff: null,
      owner: isAccepted ? { agentId: by, epoch: 2 } : { agentId: 'supervisor', epoch: 1 },
    });
    won[isAccepted ? 'accepted' : 'expired'] += 1;
    // Whoever lost begins sooner the next time, so that the two stay head to head.
    expiryLaterMs += isAccepted ? -1 : 1;
  }
  expect(Math.min(won.accepted, won.expired)).toBeGreaterThan(0);
  await behind.drain();
}, 60_000);

test('a reply on its way when a person takes over either came before, or is refused and does not appear', async () => {
  let refused = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id, owner } = await conversation();
    const reply = {
      conversationId: id,
      clientMessageId: 'reply',
      author: { kind: 'agent' as const, agentId: closer },
      text: 'Let me tell you',
      visibility: 'public' as const,
      ownerEpoch: owner.epoch,
    };
    const takeOver = TakeOver.parse({ conversationId: id, by: person });
    const say = () => codeOf(storeOf(round).execute(caller, 'messages.append', reply));
    const take = () => codeOf(storeOf(round + 1).execute(caller, 'handoffs.takeover', takeOver));
    const [first, second] = round % 4 < 2 ? [say, take] : [take, say];
    const both = await Promise.all([first(), second()]);
    const [said, taken] = round % 4 < 2 ? both : both.toReversed();
    expect(taken).toBeNull();
    expect([null, 'STALE_OWNER']).toContain(said);
    const { items } = await stores[0].timeline.read(TENANT, { conversationId: id, limit: 100 });
    const spoken = items.findIndex(({ kind }) => kind === 'message');
    const changed = items.findIndex(({ kind }) => kind === 'owner');
    if (said === null) {
      expect(spoken).toBeGreaterThan(0);
      expect(spoken).toBeLessThan(changed);
    } else {
      expect(spoken).toBe(-1);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(0);
}, 60_000);

test('follow-ups that many workers claim at once go to one each', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => conversation()));
  const ids = await Promise.all(
    made.flatMap(({ id }) =>
      Array.from({ length: 5 }, async () => {
        const input = ScheduleFollowUp.parse({
          conversationId: id,
          type: 'nurture',
          dueAt: new Date(Date.now() - 60_000).toISOString(),
        });
        const { entries } = await stores[0].execute(caller, 'followUps.schedule', input);
        return entries[0]?.kind === 'follow_up' ? entries[0].followUp.id : '';
      }),
    ),
  );
  const claimed: string[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      for (;;) {
        const got = await storeOf(index).followUps.claim(TENANT, { limit: 7, leaseMs: 60_000 });
        if (got.length === 0) return;
        claimed.push(...got.map(({ followUp }) => followUp.id));
      }
    }),
  );
  expect(claimed.toSorted()).toEqual(ids.toSorted());
});

test('an agent that many hand over to at once never owns more than its capacity', async () => {
  const small = AgentId.parse('small');
  for (let round = 0; round < 10; round += 1) {
    const made = await Promise.all(Array.from({ length: 8 }, () => conversation()));
    const codes = await Promise.all(
      made.map(({ id }, index) =>
        codeOf(
          storeOf(index).execute(caller, 'handoffs.transfer', {
            conversationId: id,
            from: closer,
            to: small,
            reason: 'Yours',
            trigger: 'manual',
            confidence: 1,
          }),
        ),
      ),
    );
    expect(codes.filter((code) => code === null)).toHaveLength(3);
    expect(codes.filter((code) => code === 'AGENT_FULL')).toHaveLength(5);
    const { items } = await stores[0].conversations.listByAgent(TENANT, {
      agentId: small,
      status: 'active',
      limit: 25,
    });
    expect(items).toHaveLength(3);
    for (const { id } of items)
      await stores[0].execute(caller, 'conversations.close', { conversationId: id });
  }
}, 60_000);

test('after every race each conversation is the fold of its timeline', async () => {
  expect((await rebuild(stores[0].collections)).differences).toEqual([]);
});
