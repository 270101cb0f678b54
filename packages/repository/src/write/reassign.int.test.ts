import {
  AgentId,
  type ConversationId,
  ReassignConversations,
  type ReassignConversationsInput,
} from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import type { Caller } from './submit-command.ts';

let scenario: Scenario;
const ANA = AgentId.parse('ana');

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  await scenario.store.agents.register(scenario.tenantId, {
    id: ANA,
    kind: 'human',
    name: 'Ana',
    roles: [],
    capacity: 3,
    availability: 'available',
    members: [],
  });
});
afterAll(() => scenario[Symbol.asyncDispose]());

const reassign = (input: ReassignConversationsInput) => {
  const caller: Caller = { tenantId: scenario.tenantId, actor: { kind: 'system' }, mayForce: true };
  return scenario.store.handoffs.reassign(caller, ReassignConversations.parse(input));
};
const ownerOf = async (conversationId: ConversationId) =>
  (await scenario.store.conversations.get(scenario.tenantId, { conversationId })).owner.agentId;
const recorded = async () =>
  (
    await scenario.store.admin.audit(scenario.tenantId, { limit: 100, action: 'handoffs.reassign' })
  ).items.toReversed();

test('a desk is emptied step by step, closed conversations stay, and each handoff is in its timeline', async () => {
  const open = await Promise.all(Array.from({ length: 5 }, () => scenario.create({ agentId: QUALIFIER })));
  const [first, second] = open;
  if (first === undefined || second === undefined) throw new Error('there are five');
  await scenario.run('conversations.pause', { conversationId: first.id });
  await scenario.run('conversations.close', { conversationId: second.id });
  const one = await reassign({ from: QUALIFIER, to: CLOSER, limit: 3, reason: 'On holiday' });
  expect(one).toMatchObject({ skipped: [], stopped: null, more: true });
  expect(one.conversationIds).toHaveLength(3);
  const two = await reassign({ from: QUALIFIER, to: CLOSER, limit: 3 });
  expect(two).toMatchObject({ skipped: [], stopped: null, more: false });
  expect(two.conversationIds).toHaveLength(1);
  for (const { id } of open) expect(await ownerOf(id)).toBe(id === second.id ? QUALIFIER : CLOSER);
  const { items } = await scenario.store.timeline.read(scenario.tenantId, {
    conversationId: first.id,
    kinds: ['handoff'],
    limit: 10,
  });
  expect(items.at(-1)).toMatchObject({ action: 'transferred', handoff: { from: QUALIFIER, to: CLOSER } });
  expect(await recorded()).toMatchObject([
    { target: QUALIFIER, details: { to: CLOSER, moved: 3 } },
    { target: QUALIFIER, details: { to: CLOSER, moved: 1 } },
  ]);
});

test('it ends where the other has no room, and says so', async () => {
  await Promise.all(Array.from({ length: 4 }, () => scenario.create({ agentId: SUPERVISOR })));
  const step = await reassign({ from: SUPERVISOR, to: ANA, limit: 10 });
  expect(step).toMatchObject({ stopped: 'AGENT_FULL', more: true });
  expect(step.conversationIds).toHaveLength(3);
  await expect(reassign({ from: SUPERVISOR, to: ANA })).rejects.toMatchObject({ code: 'AGENT_FULL' });
  expect((await reassign({ from: SUPERVISOR, to: ANA, force: true })).conversationIds).toHaveLength(1);
});

test('a step that is sent again under its key answers the same, and moves no more', async () => {
  await Promise.all(Array.from({ length: 2 }, () => scenario.create({ agentId: SUPERVISOR })));
  const input = { from: SUPERVISOR, to: CLOSER, limit: 1, idempotencyKey: 'a step' };
  const step = await reassign(input);
  expect(step.conversationIds).toHaveLength(1);
  expect(await reassign(input)).toEqual(step);
  await expect(reassign({ ...input, limit: 2 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  await expect(reassign({ from: ANA, to: ANA })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
