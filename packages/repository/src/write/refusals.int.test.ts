import { type ConversationId, REFUSED_MESSAGES_LIMIT, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});

afterAll(() => scenario[Symbol.asyncDispose]());

const refusedOf = (conversationId: ConversationId, tenantId = scenario.tenantId) =>
  scenario.store.messages.refused(tenantId, { conversationId });

function say(conversationId: ConversationId, clientMessageId: string, over: object = {}) {
  return scenario.run('messages.append', {
    conversationId,
    clientMessageId,
    author: { kind: 'agent', agentId: CLOSER },
    text: `Words of ${clientMessageId}`,
    ...over,
  });
}

describe('What an agent says while it does not own the conversation', () => {
  test('is kept beside the timeline, with why and where, and once however often it is tried', async () => {
    const { id } = await scenario.create();
    await scenario.say(id, 'Hello?');
    expect(await refusedOf(id)).toEqual([]);
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(say(id, 'offer')).rejects.toMatchObject({ code: 'NOT_OWNER' });
    await expect(
      say(id, 'late', { ownerEpoch: 7, author: { kind: 'agent', agentId: SUPERVISOR } }),
    ).rejects.toMatchObject({ code: 'STALE_OWNER' });
    expect(await refusedOf(id)).toEqual([
      {
        clientMessageId: 'offer',
        agentId: CLOSER,
        code: 'NOT_OWNER',
        text: 'Words of offer',
        ownerId: SUPERVISOR,
        afterSeq: 2,
        at: expect.any(String),
      },
      expect.objectContaining({ clientMessageId: 'late', agentId: SUPERVISOR, code: 'STALE_OWNER' }),
    ]);
    const { lastSeq } = await scenario.store.conversations.get(scenario.tenantId, { conversationId: id });
    expect(lastSeq).toBe(2);
  });

  test('is kept for each public message of a turn', async () => {
    const { id } = await scenario.create();
    const author = { kind: 'agent' as const, agentId: QUALIFIER };
    const messages = [
      { clientMessageId: 'one', author, text: 'First' },
      { clientMessageId: 'note', author, text: 'For us', visibility: 'internal' as const },
      { clientMessageId: 'two', author, text: 'Second' },
    ];
    await expect(scenario.run('messages.appendTurn', { conversationId: id, messages })).rejects.toMatchObject(
      { code: 'NOT_OWNER' },
    );
    expect((await refusedOf(id)).map(({ text }) => text)).toEqual(['First', 'Second']);
  });

  test('is bounded in how many are kept and in how long each is, and cuts no character in half', async () => {
    const { id } = await scenario.create();
    for (let index = 0; index < REFUSED_MESSAGES_LIMIT + 2; index += 1)
      await expect(say(id, `m-${index}`, { text: `${'a'.repeat(499)}😀` })).rejects.toThrow();
    const kept = await refusedOf(id);
    expect(kept).toHaveLength(REFUSED_MESSAGES_LIMIT);
    expect(kept[0]?.clientMessageId).toBe('m-2');
    expect(kept[0]?.text).toBe('a'.repeat(499));
  });

  test('is not kept where something else was refused', async () => {
    const { id } = await scenario.create();
    await scenario.run('conversations.close', { conversationId: id });
    await expect(say(id, 'closed')).rejects.toMatchObject({ code: 'CONVERSATION_CLOSED' });
    await expect(
      scenario.run('handoffs.transfer', {
        conversationId: id,
        from: CLOSER,
        to: QUALIFIER,
        reason: 'No owner',
        trigger: 'manual',
      }),
    ).rejects.toThrow();
    expect(await refusedOf(id)).toEqual([]);
  });

  test('is refused all the same where it cannot be kept', async () => {
    const { id } = await scenario.create();
    const { collection } = scenario.collections.refusals;
    const failing = vi.spyOn(collection, 'updateOne').mockRejectedValue(new Error('down'));
    await expect(say(id, 'lost')).rejects.toMatchObject({ code: 'NOT_OWNER' });
    failing.mockRestore();
    expect(await refusedOf(id)).toEqual([]);
  });

  test("is never another tenant's to read", async () => {
    const { id } = await scenario.create();
    await expect(say(id, 'ours')).rejects.toThrow();
    const other = await scenario.tenant(TenantId.parse('umbrella'));
    await expect(refusedOf(id, other)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is gone once the same message was said after all, and then redacted', async () => {
    const { id } = await scenario.create();
    await expect(say(id, 'card')).rejects.toMatchObject({ code: 'NOT_OWNER' });
    await expect(say(id, 'other')).rejects.toMatchObject({ code: 'NOT_OWNER' });
    await scenario.run('handoffs.transfer', {
      conversationId: id,
      from: SUPERVISOR,
      to: CLOSER,
      reason: 'Ready',
      trigger: 'manual',
    });
    const { conversation } = await say(id, 'card');
    const seq = conversation.lastSeq;
    await scenario.run('messages.redact', { conversationId: id, seq });
    expect((await refusedOf(id)).map(({ clientMessageId }) => clientMessageId)).toEqual(['other']);
  });
});
