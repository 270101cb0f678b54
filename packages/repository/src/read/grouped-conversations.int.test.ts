import { type Conversation, type ConversationId, TenantId } from '@baton/schema';
import { Decimal128, ObjectId } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Scenario } from '../../test/scenario.ts';

const OTHER = TenantId.parse('umbrella');
const CONVERSATIONS = 90;

let scenario: Scenario;
const made: Conversation[] = [];

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  await scenario.store.agents.ensureDefaults(OTHER, {});
  for (let number = 0; number < CONVERSATIONS; number += 1) {
    // Some share a contact.
    const contactId = `contact-${number % 60}`;
    const channel = number < 60 ? 'web' : 'sms';
    made.push(await scenario.create({ contactId, channel, contact: { name: `Name of ${contactId}` } }));
  }
});
afterAll(() => scenario[Symbol.asyncDispose]());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const get = (conversationId: ConversationId, tenantId = scenario.tenantId) =>
  scenario.store.conversations.get(tenantId, { conversationId });

describe('conversations.get', () => {
  it('answers many callers with few finds, each with its own conversation and contact', async () => {
    const find = vi.spyOn(scenario.collections.conversations.collection, 'find');
    const views = await Promise.all(made.map(({ id }) => get(id)));
    expect(find.mock.calls.length).toBeLessThanOrEqual(3);
    expect(views.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    for (const { contactId, contact } of views) {
      expect(contact).toEqual({ id: contactId, name: `Name of ${contactId}` });
    }
  });

  it('refuses what does not exist, is another tenant’s or cannot be read to its own caller alone', async () => {
    const [good, bad, foreign] = [made[0], made[1], await scenario.create({}, OTHER)];
    if (good === undefined || bad === undefined) throw new Error('Nothing was made');
    await scenario.collections.conversations
      .acrossTenants('test')
      .updateOne(
        { _id: new ObjectId(bad.id) },
        { $set: { handoffCount: Decimal128.fromString('1'), contactId: Decimal128.fromString('2') } },
        { bypassDocumentValidation: true },
      );
    const [first, ...others] = await Promise.allSettled([
      get(good.id),
      get(bad.id),
      get(foreign.id),
      get(good.id, OTHER),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { id: good.id } });
    expect(others).toMatchObject([
      { reason: { code: 'UNREADABLE' } },
      { reason: { code: 'NOT_FOUND' } },
      { reason: { code: 'NOT_FOUND' } },
    ]);
  });

  it('finds what its caller has written, however many write and read at once', async () => {
    const writers = made.slice(2, 22).flatMap(({ id }) => [id, id]);
    const written = writers.map(async (id, number) => {
      for (let count = 0; count < 4; count += 1) {
        const { entries } = await scenario.store.execute(
          { tenantId: scenario.tenantId, actor: { kind: 'system' }, mayForce: false },
          'messages.append',
          {
            conversationId: id,
            clientMessageId: `${number}-${count}`,
            author: { kind: 'customer' },
            text: 'Hello',
            visibility: 'public',
          },
        );
        expect((await get(id)).lastSeq).toBeGreaterThanOrEqual(entries[0]?.seq ?? Infinity);
      }
    });
    await Promise.all(written);
  });

  it('gives each caller ten seconds of its own', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const never = { toArray: () => new Promise(() => undefined) };
    // Of a cursor only this is asked for.
    vi.spyOn(scenario.collections.conversations.collection, 'find').mockReturnValue(never as never);
    const id = made[30]?.id;
    if (id === undefined) throw new Error('Nothing was made');
    const refused: string[] = [];
    const ask = (name: string) => get(id).catch(({ code }) => void refused.push(`${name} ${code}`));
    const calls = [ask('a'), ask('b')];
    await vi.advanceTimersByTimeAsync(6_000);
    calls.push(ask('late'));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(refused).toEqual(['a UNAVAILABLE', 'b UNAVAILABLE']);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(refused).toContain('late UNAVAILABLE');
    await Promise.all(calls);
  });
});
