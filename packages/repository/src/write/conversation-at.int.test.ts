import type { Conversation, ConversationId } from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scenario, SUPERVISOR } from '../../test/scenario.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

const at = (conversationId: ConversationId, seq: number, { tenantId } = scenario) =>
  scenario.store.conversations.at(tenantId, { conversationId, seq });

test('a conversation is as each of its commands left it, however long it is', async () => {
  const created = await scenario.create({ initialMessage: { text: 'Hello' } });
  const { id } = created;
  const states: Conversation[] = [created];
  for (let turn = 0; turn < 40; turn += 1) {
    const by = turn % 2 === 0 ? SUPERVISOR : 'customer';
    states.push((await scenario.say(id, `Message ${turn}`, by)).conversation);
  }
  await scenario.store.drain();
  for (const state of states) expect(await at(id, state.lastSeq)).toEqual(state);
});

test('within a command it is as the entry left it', async () => {
  const { id } = await scenario.create({ initialMessage: { text: 'Hello' } });
  expect(await at(id, 1)).toMatchObject({ lastSeq: 1, lastMessage: null, metrics: { messages: 0 } });
  expect(await at(id, 2)).toMatchObject({ lastSeq: 2, metrics: { messages: 1 } });
});

test('what was redacted since is not said again', async () => {
  const { id } = await scenario.create({ initialMessage: { text: 'My card is 4111' } });
  await scenario.run('messages.redact', { conversationId: id, seq: 2 });
  expect(JSON.stringify(await at(id, 2))).not.toContain('4111');
});

test('what is not there is not found', async () => {
  const { id } = await scenario.create();
  await expect(at(id, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const other = await scenario.tenant('globex');
  await expect(scenario.store.conversations.at(other, { conversationId: id, seq: 1 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
