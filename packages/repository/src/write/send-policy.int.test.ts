import {
  AgentId,
  AppendMessage,
  ClaimFollowUps,
  type CommandType,
  commandInputs,
  type ConversationId,
  CreateConversation,
  NewSendPolicy,
  ReserveBudget,
  type SendPolicyInput,
  TenantId,
} from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TwoStores } from '../../test/two-stores.ts';
import type { Store } from '../store.ts';
import { SendPolicies } from './send-policies.ts';

const TENANT = TenantId.parse('acme');
const SUPERVISOR = AgentId.parse('supervisor');
const caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true } as const;
const HOUR_MS = 3_600_000;

let two: TwoStores;
let stores: readonly [Store, Store];

beforeAll(async () => {
  two = await TwoStores.open(TENANT);
  ({ stores } = two);
});
afterAll(() => two[Symbol.asyncDispose]());

let count = 0;
const next = () => `${(count += 1)}`;

async function setPolicy(policy: SendPolicyInput | null): Promise<void> {
  const sendPolicy = policy === null ? null : NewSendPolicy.parse(policy);
  // As if each server had asked more than a second ago.
  for (const store of stores) await store.tenant.update(TENANT, { sendPolicy });
}

/** A command as a caller writes it. */
function run(store: Store, type: CommandType, input: object) {
  return store.execute(caller, type, commandInputs[type].parse(input));
}

async function conversation(more: object = {}): Promise<ConversationId> {
  const input = { contactId: `contact-${next()}`, channel: 'web', ...more };
  return (await run(stores[0], 'conversations.create', input)).conversation.id;
}

const supervisorSays = (store: Store, conversationId: ConversationId, more: object = {}) =>
  store.execute(
    caller,
    'messages.append',
    AppendMessage.parse({
      conversationId,
      clientMessageId: next(),
      author: { kind: 'agent', agentId: 'supervisor' },
      text: 'Hello',
      ...more,
    }),
  );

const reserve = (store: Store, conversationId: ConversationId, more: object) =>
  store.messages.reserve(TENANT, ReserveBudget.parse({ conversationId, ...more }));

const usage = (tokens: number, costMicros = 0) => ({
  usage: { model: 'm1', inputTokens: tokens - 1, outputTokens: 1, costMicros },
});

const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code));

/** What the supervisor has used up today. */
async function used() {
  const [{ collections }] = stores;
  const document = await collections.agent_budgets.acrossTenants('test').findOne({});
  return document === null ? null : collections.agent_budgets.decode(document);
}

describe('a budget', () => {
  const clear = () => stores[0].collections.agent_budgets.acrossTenants('test').deleteMany({});

  test('is never set aside twice, however many servers are asked at once', async () => {
    await setPolicy({ budgets: [{ agentId: SUPERVISOR, tokensPerDay: 100, costMicrosPerDay: 1_000 }] });
    const conversationId = await conversation();
    const asked = Array.from({ length: 12 }, (_, index) =>
      reserve(stores[index % 2 === 0 ? 0 : 1], conversationId, { tokens: 30 }),
    );
    const answers = codes(await Promise.allSettled(asked));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'BUDGET_SPENT')).toHaveLength(9);
    expect(await used()).toMatchObject({
      tokens: 0,
      reserved: [{ tokens: 30 }, { tokens: 30 }, { tokens: 30 }],
    });
    await clear();
  });

  test('is settled by the usage of the message that was set aside for, once', async () => {
    const conversationId = await conversation();
    const { reservationId, until } = await reserve(stores[0], conversationId, { tokens: 100 });
    expect(Date.parse(until ?? '')).toBeGreaterThan(Date.now());
    // All is set aside: whoever has a reservation may speak, nobody else.
    await expect(supervisorSays(stores[1], conversationId, usage(5))).rejects.toMatchObject({
      code: 'BUDGET_SPENT',
      details: { reasons: [{ until: expect.stringContaining('T00:00:00.000Z') }] },
    });
    const clientMessageId = next();
    const said = { reservationId, clientMessageId, ...usage(60, 7) };
    await supervisorSays(stores[1], conversationId, said);
    await supervisorSays(stores[1], conversationId, said);
    expect(await used()).toMatchObject({ tokens: 60, costMicros: 7, reserved: [] });
    await supervisorSays(stores[0], conversationId, { visibility: 'internal', ...usage(30) });
    await expect(reserve(stores[0], conversationId, { tokens: 20 })).rejects.toMatchObject({
      code: 'BUDGET_SPENT',
    });
    await supervisorSays(stores[0], conversationId, usage(10));
    const { reasons } = await stores[1].messages.canSend(TENANT, { conversationId });
    expect(reasons).toMatchObject([{ code: 'BUDGET_SPENT' }]);
    await clear();
  });

  test('counts each message once that two servers take at the same time, and ends where it is spent', async () => {
    await setPolicy({ budgets: [{ agentId: SUPERVISOR, tokensPerDay: 100 }] });
    const ids = await Promise.all(Array.from({ length: 6 }, () => conversation()));
    const said = ids.map((id, index) => supervisorSays(stores[index % 2 === 0 ? 0 : 1], id, usage(30)));
    const answers = codes(await Promise.allSettled(said));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(4);
    expect(answers.filter((answer) => answer === 'BUDGET_SPENT')).toHaveLength(2);
    expect(await used()).toMatchObject({ tokens: 120 });
    await clear();
  });

  test('is set aside once under a key, and is free again when nobody has used it', async () => {
    const conversationId = await conversation();
    const asked = { tokens: 100, idempotencyKey: next(), forMs: 1_000 };
    const first = await reserve(stores[0], conversationId, asked);
    expect(await reserve(stores[1], conversationId, asked)).toEqual(first);
    await stores[0].collections.agent_budgets
      .acrossTenants('test')
      .updateMany({}, { $set: { 'reserved.0.until': new Date(0) } });
    await reserve(stores[1], conversationId, { tokens: 100 });
    expect((await used())?.reserved).toHaveLength(1);
    await clear();
  });

  test('of none is never set aside', async () => {
    await setPolicy(null);
    expect(await reserve(stores[0], await conversation(), { tokens: 1 })).toEqual({
      reservationId: null,
      until: null,
    });
    expect(await used()).toBeNull();
  });
});

describe('a follow-up', () => {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const timeOfDay = (ms: number) => new Date(ms).toISOString().slice(11, 16);

  const scheduled = async (id: ConversationId, dueAt: string) => {
    const input = { conversationId: id, type: 'nurture', dueAt };
    const { conversation: after } = await run(stores[0], 'followUps.schedule', input);
    return after.followUps.at(-1)?.dueAt;
  };
  const claim = (more: object = {}) =>
    stores[1].followUps.claim(TENANT, ClaimFollowUps.parse({ limit: 10, ...more }));

  test('moves out of the contact’s quiet hours and the tenant’s holidays', async () => {
    await setPolicy({ timeZone: 'Europe/Berlin', quietHours: {}, holidays: ['2027-12-25', '2027-12-26'] });
    const tokyo = await conversation({ contact: { timeZone: 'Asia/Tokyo' } });
    expect(await scheduled(tokyo, '2027-06-01T13:00:00.000Z')).toBe('2027-06-01T23:00:00.000Z');
    const berlin = await conversation();
    expect(await scheduled(berlin, '2027-06-01T20:00:00.000Z')).toBe('2027-06-02T06:00:00.000Z');
    expect(await scheduled(berlin, '2027-12-24T22:00:00.000Z')).toBe('2027-12-27T07:00:00.000Z');
  });

  test.each(['without a key', 'under a key'])(
    'that became due by then is not given out, but moved once more, when it is claimed %s',
    async (how) => {
      await setPolicy(null);
      const [quiet, free, holiday] = await Promise.all([
        conversation({ contact: { timeZone: 'UTC' } }),
        conversation({ contact: { timeZone: 'Etc/GMT-12' } }),
        conversation({ contact: { timeZone: 'UTC' } }),
      ]);
      const now = Date.now();
      for (const id of [quiet, free]) await scheduled(id, new Date(now - 1_000).toISOString());
      const to = timeOfDay(now + 6 * HOUR_MS);
      await setPolicy({ timeZone: 'UTC', quietHours: { from: timeOfDay(now - 6 * HOUR_MS), to } });
      const key = () => (how === 'under a key' ? { idempotencyKey: next() } : {});
      const given = await claim(key());
      expect(given.map(({ followUp }) => followUp.conversationId)).toEqual([free]);
      const moved = await stores[0].conversations.get(TENANT, { conversationId: quiet });
      expect(moved.nextFollowUpAt).toContain(`T${to}:00.000Z`);

      await setPolicy(null);
      await scheduled(holiday, new Date(now - 1_000).toISOString());
      await setPolicy({ timeZone: 'UTC', holidays: [day(now)] });
      expect(await claim(key())).toEqual([]);
      const after = await stores[0].conversations.get(TENANT, { conversationId: holiday });
      expect(after.nextFollowUpAt).toContain('T00:00:00.000Z');
      const [followUp] = after.followUps;
      // Whoever names it has a reason.
      expect(await claim({ followUpId: followUp?.id })).toHaveLength(1);
    },
  );
});

test('a withdrawal that one server has taken is not ignored by what the other one remembers', async () => {
  await setPolicy(null);
  const contactId = `contact-${next()}`;
  const [taking, remembering] = stores;
  const conversationId = await conversation({ contactId });
  await supervisorSays(remembering, conversationId);
  const consent = { contactId, channel: 'web', source: 'Wrote STOP' } as const;
  await run(taking, 'followUps.schedule', {
    conversationId,
    type: 'nurture',
    dueAt: '2999-01-01T00:00:00.000Z',
  });
  await taking.contacts.setConsent(TENANT, { ...consent, state: 'withdrawn' });
  await expect(supervisorSays(remembering, conversationId)).rejects.toMatchObject({
    code: 'CONTACT_OPTED_OUT',
  });
  expect(await remembering.messages.canSend(TENANT, { conversationId })).toMatchObject({
    allowed: false,
    reasons: [{ code: 'CONTACT_OPTED_OUT' }],
  });
  const [refused] = await taking.messages.refused(TENANT, { conversationId });
  expect(refused).toMatchObject({ code: 'CONTACT_OPTED_OUT', text: 'Hello' });
  const kept = await taking.conversations.get(TENANT, { conversationId });
  expect(kept.followUps).toEqual([]);
  await taking.contacts.setConsent(TENANT, { ...consent, state: 'granted' });
  await supervisorSays(remembering, conversationId);
});

test('a policy is read once a second, and another server follows it within that', async () => {
  await setPolicy(null);
  let now = 0;
  const [{ collections, tenant }, other] = stores;
  const policies = new SendPolicies(other.collections, () => now);
  expect(await policies.of(TENANT)).toBeNull();
  await tenant.update(TENANT, { sendPolicy: { runLimit: 1 } });
  now = 999;
  expect(policies.of(TENANT)).toBeNull();
  now = 1_000;
  expect(await policies.of(TENANT)).toEqual({ policy: { runLimit: 1 }, timeZone: 'UTC' });
  policies.forget(TENANT);
  await collections.send_policies.acrossTenants('test').deleteMany({});
  expect(await policies.of(TENANT)).toBeNull();
});

test('a conversation begins with no words of an agent’s tool that the policy is against', async () => {
  await setPolicy({ windows: { web: {} } });
  const initialMessage = { text: 'Hello', author: { kind: 'tool', agentId: SUPERVISOR } };
  const input = CreateConversation.parse({ contactId: 'tools-contact', channel: 'web', initialMessage });
  const asOne = { ...caller, isOneAgent: true };
  await expect(stores[0].execute(asOne, 'conversations.create', input)).rejects.toMatchObject({
    code: 'WINDOW_CLOSED',
  });
  await stores[0].execute(caller, 'conversations.create', input);
});
