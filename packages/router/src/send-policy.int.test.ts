import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
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
});
afterAll(() => server[Symbol.asyncDispose]());

let messages = 0;
const said = (author: object, more: object = {}) => ({
  clientMessageId: `m-${(messages += 1)}`,
  author: { kind: 'customer' as const, ...author },
  text: 'Hello',
  ...more,
});
const supervisor = { kind: 'agent' as const, agentId: 'supervisor' };
const agentSays = (conversationId: string, more: object = {}) =>
  api.messages.append.mutate({ conversationId, ...said(supervisor, more) });
const customerSays = (conversationId: string) => api.messages.append.mutate({ conversationId, ...said({}) });

async function conversation(channel: 'web' | 'whatsapp' = 'web', contact: object = {}): Promise<string> {
  return (await api.conversations.create.mutate({ contactId: newContact(), channel, contact })).id;
}

const HOUR_MS = 3_600_000;

/** Quiet hours that hold now, whenever the test runs, and not half a day away. */
function quietNow(): { from: string; to: string } {
  const timeOfDay = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 16);
  return { from: timeOfDay(-6), to: timeOfDay(6) };
}

describe('tenant.update', () => {
  test('keeps a send policy, whose parts are off unless they are given', async () => {
    expect((await api.tenant.get.query()).sendPolicy).toBeNull();
    const sendPolicy = {
      timeZone: 'America/New_York',
      quietHours: {},
      windows: { whatsapp: {} },
      holidays: ['2026-12-25'],
      budgets: [{ agentId: 'supervisor', tokensPerDay: 10_000 }],
    };
    const kept = {
      ...sendPolicy,
      quietHours: { from: '21:00', to: '08:00' },
      windows: { whatsapp: { durationMs: 86_400_000 } },
    };
    expect(await api.tenant.update.mutate({ sendPolicy })).toMatchObject({ sendPolicy: kept });
    const hours = { timeZone: 'UTC', weekdays: [{ day: 1, from: '09:00', to: '17:00' }] };
    expect(await api.tenant.update.mutate({ businessHours: hours })).toMatchObject({ sendPolicy: kept });
    expect(await api.tenant.update.mutate({ sendPolicy: null })).toMatchObject({
      sendPolicy: null,
      businessHours: hours,
    });
    await api.tenant.update.mutate({ businessHours: null });
    const { items } = await api.admin.audit.query({ action: 'tenant.update' });
    expect(items.map(({ details }) => details)).toMatchObject([
      { businessHours: 'none' },
      { sendPolicy: 'none' },
      { businessHours: 'UTC' },
      { sendPolicy: 'timeZone, quietHours, windows, budgets, holidays' },
    ]);
  });

  test.each([
    ['nothing', {}],
    ['hours without an hour', { sendPolicy: { quietHours: { from: '08:00', to: '08:00' } } }],
    ['a zone that is none', { sendPolicy: { timeZone: 'Mars/Olympus' } }],
    ['a budget of nothing', { sendPolicy: { budgets: [{ agentId: 'supervisor' }] } }],
    ['a day that is none', { sendPolicy: { holidays: ['2026-02-30'] } }],
  ])('refuses %s', async (_, input) => {
    const error = await refusalOf(api.tenant.update.mutate(input));
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('without a policy', () => {
  test('agents may say what they like, and canSend says what else is against it', async () => {
    const conversationId = await conversation();
    expect(await api.messages.canSend.query({ conversationId })).toEqual({ allowed: true, reasons: [] });
    expect(await api.messages.canSend.query({ conversationId, agentId: 'closer' })).toMatchObject({
      allowed: false,
      reasons: [{ code: 'NOT_OWNER' }],
    });
    await api.conversations.close.mutate({ conversationId });
    expect(await api.messages.canSend.query({ conversationId })).toMatchObject({
      reasons: [{ code: 'CONVERSATION_CLOSED' }],
    });
    expect(await refusalOf(api.messages.canSend.query({ conversationId: 'f'.repeat(24) }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a send policy', () => {
  test('closes a window that the customer has not opened, and lets templates pass', async () => {
    await api.tenant.update.mutate({ sendPolicy: { windows: { whatsapp: {} } } });
    const conversationId = await conversation('whatsapp');
    expect(await api.messages.canSend.query({ conversationId })).toMatchObject({
      allowed: false,
      reasons: [{ code: 'WINDOW_CLOSED' }],
    });
    const template = { name: 'hello', language: 'en_US' };
    expect(await api.messages.canSend.query({ conversationId, template })).toMatchObject({ allowed: true });
    expect(await refusalOf(agentSays(conversationId))).toMatchObject({ code: 'WINDOW_CLOSED' });
    expect((await agentSays(conversationId, { template })).entry).toMatchObject({ template });
    await customerSays(conversationId);
    expect(await api.messages.canSend.query({ conversationId })).toMatchObject({ allowed: true });
    expect((await agentSays(conversationId)).entry.author).toEqual(supervisor);
    // Another channel has none.
    await agentSays(await conversation('web'));
    const outbound = { contactId: newContact(), channel: 'whatsapp' as const };
    const first = { initialMessage: { text: 'Hi', author: supervisor } };
    expect(await refusalOf(api.conversations.create.mutate({ ...outbound, ...first }))).toMatchObject({
      code: 'WINDOW_CLOSED',
    });
    const passing = { initialMessage: { ...first.initialMessage, template } };
    const found = await api.conversations.findOrCreate.mutate({ ...outbound, ...passing });
    expect(found).toMatchObject({ created: true, entry: { template } });
    expect(await api.conversations.findOrCreate.mutate({ ...outbound, ...passing })).toMatchObject({
      created: false,
      entry: { template },
    });
  });

  test('keeps agents quiet where it is night for the contact, unless they answer', async () => {
    const quietHours = quietNow();
    await api.tenant.update.mutate({ sendPolicy: { timeZone: 'UTC', quietHours } });
    const conversationId = await conversation();
    const { reasons } = await api.messages.canSend.query({ conversationId });
    expect(reasons).toMatchObject([
      { code: 'QUIET_HOURS', until: expect.stringContaining(`${quietHours.to}:00.000Z`) },
    ]);
    const refused = await refusalOf(agentSays(conversationId, { text: 'Are you awake?' }));
    expect(refused).toMatchObject({ code: 'QUIET_HOURS', details: { reasons } });
    expect(await api.messages.refused.query({ conversationId })).toMatchObject([
      { code: 'QUIET_HOURS', text: 'Are you awake?', agentId: 'supervisor', until: reasons[0]?.until },
    ]);
    // What is internal, or a system's, is not held up.
    await agentSays(conversationId, { visibility: 'internal' });
    await customerSays(conversationId);
    await api.messages.appendTurn.mutate({
      conversationId,
      messages: [said(supervisor), said(supervisor)],
    });
    expect(await refusalOf(agentSays(conversationId))).toMatchObject({ code: 'QUIET_HOURS' });
    // Half a day away it is day.
    const awake = await conversation('web', { timeZone: 'Etc/GMT-12' });
    expect(await api.messages.canSend.query({ conversationId: awake })).toMatchObject({ allowed: true });
    await agentSays(awake);
  });

  test('ends a run of agents’ messages until the customer says something', async () => {
    await api.tenant.update.mutate({ sendPolicy: { runLimit: 2 } });
    const conversationId = await conversation();
    await agentSays(conversationId);
    await agentSays(conversationId, { visibility: 'internal' });
    const three = { conversationId, messages: [said(supervisor), said(supervisor)] };
    expect(await refusalOf(api.messages.appendTurn.mutate(three))).toMatchObject({ code: 'RUN_LIMIT' });
    await agentSays(conversationId);
    expect(await api.messages.canSend.query({ conversationId })).toMatchObject({
      allowed: false,
      reasons: [{ code: 'RUN_LIMIT' }],
    });
    expect(await refusalOf(agentSays(conversationId))).toMatchObject({ code: 'RUN_LIMIT' });
    await customerSays(conversationId);
    await agentSays(conversationId);
    const { items } = await api.messages.list.query({ conversationId });
    expect(items).toHaveLength(5);
    expect((await api.messages.refused.query({ conversationId })).map(({ code }) => code)).toEqual([
      'RUN_LIMIT',
      'RUN_LIMIT',
      'RUN_LIMIT',
    ]);
  });

  test('says nothing of history that is brought in', async () => {
    await api.tenant.update.mutate({ sendPolicy: { runLimit: 1 } });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      at: '2026-01-01T00:00:00.000Z',
    });
    for (const at of ['2026-01-01T01:00:00.000Z', '2026-01-01T02:00:00.000Z'])
      await agentSays(conversationId, { at });
    await api.tenant.update.mutate({ sendPolicy: null });
  });
});
