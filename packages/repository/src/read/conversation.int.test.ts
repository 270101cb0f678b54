import { ConversationId, ListConversations, type Page, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { conversationQueries } from './conversation.ts';

const { get, list, listByStage, listByAgent, findActiveByContact, history } = conversationQueries;
const OTHER = TenantId.parse('umbrella');

let scenario: Scenario;
/** Conversations by a short name, in the order of their latest change. */
const ids: Record<string, ConversationId> = {};

const named = (id: ConversationId): string => Object.keys(ids).find((name) => ids[name] === id) ?? id;
const namesOf = ({ items }: Page<{ id: ConversationId }>): string[] => items.map(({ id }) => named(id));
const idOf = (name: string): ConversationId => ids[name] ?? ConversationId.parse('0'.repeat(24));
const listed = async (input: Partial<ListConversations>) =>
  namesOf(await list(scenario.collections, scenario.tenantId, ListConversations.parse(input)));

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  const create = async (name: string, input: Parameters<Scenario['create']>[0] = {}) => {
    const { id } = await scenario.create(input);
    ids[name] = id;
    return id;
  };
  const old = await create('old', { contactId: 'ann', channel: 'web', tags: ['vip'] });
  await scenario.run('conversations.close', { conversationId: old });
  await create('ann on web', { contactId: 'ann', channel: 'web', tags: ['vip', 'trial'] });
  const email = await create('ann by email', { contactId: 'ann', channel: 'email' });
  const waits = await create('waits long', { contactId: 'bob', channel: 'sms' });
  await scenario.say(waits, 'Anybody there?');
  const waitsToo = await create('waits', { contactId: 'cleo', channel: 'web', agentId: QUALIFIER });
  await scenario.say(waitsToo, 'Hello?');
  const answered = await create('answered', { contactId: 'dan', channel: 'whatsapp' });
  await scenario.say(answered, 'Hi');
  await scenario.say(answered, 'Hello!', SUPERVISOR);
  await scenario.run('stages.transition', { conversationId: answered, to: 'qualification' });
  const promised = await create('promised', { contactId: 'eve', channel: 'web' });
  await scenario.run('followUps.schedule', {
    conversationId: promised,
    type: 'nurture',
    dueAt: '2026-02-01T00:00:00.000Z',
  });
  await scenario.run('conversations.pause', { conversationId: promised });
  await scenario.run('conversations.update', { conversationId: email, tags: ['late'] });
  await scenario.create({ contactId: 'ann', channel: 'web' }, await scenario.tenant(OTHER));
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('A conversation', () => {
  it('is found by its id', async () => {
    const conversation = await get(scenario.collections, scenario.tenantId, {
      conversationId: idOf('answered'),
    });
    expect(conversation).toMatchObject({ id: idOf('answered'), stage: 'qualification', contactId: 'dan' });
  });

  it('of another tenant does not exist', async () => {
    await expect(get(scenario.collections, OTHER, { conversationId: idOf('old') })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('The list of conversations', () => {
  it('has the newest change first', async () => {
    expect(await listed({})).toEqual([
      'ann by email',
      'promised',
      'answered',
      'waits',
      'waits long',
      'ann on web',
      'old',
    ]);
  });

  it.each<[string, Partial<ListConversations>, string[]]>([
    ['status', { status: 'completed' }, ['old']],
    ['a scheduled pause', { status: 'scheduled' }, ['promised']],
    ['stage', { stage: 'qualification' }, ['answered']],
    ['stage and status', { stage: 'lead', status: 'completed' }, ['old']],
    ['owner', { agentId: QUALIFIER }, ['waits']],
    ['owner and status', { agentId: QUALIFIER, status: 'completed' }, []],
    ['contact', { contactId: 'ann' }, ['ann by email', 'ann on web', 'old']],
    ['contact and channel', { contactId: 'ann', channel: 'web' }, ['ann on web', 'old']],
    ['channel', { channel: 'web' }, ['promised', 'waits', 'ann on web', 'old']],
    ['channel and status', { channel: 'web', status: 'active' }, ['waits', 'ann on web']],
    ['tag', { tag: 'vip' }, ['ann on web', 'old']],
    ['tag and status', { tag: 'vip', status: 'active' }, ['ann on web']],
    ['a wait since before an instant', { waitingBefore: '2026-01-05T09:07:00.000Z' }, ['waits long']],
    ['a follow-up due before an instant', { followUpBefore: '2026-02-02T00:00:00.000Z' }, ['promised']],
    ['a follow-up that is due later', { followUpBefore: '2026-02-01T00:00:00.000Z' }, []],
  ])('is narrowed by %s', async (_, input, names) => {
    expect(await listed(input)).toEqual(names);
  });

  it('is narrowed to what changed after an instant, that instant excluded', async () => {
    const { updatedAt } = await get(scenario.collections, scenario.tenantId, {
      conversationId: idOf('promised'),
    });
    expect(await listed({ updatedAfter: updatedAt })).toEqual(['ann by email']);
    expect(await listed({ updatedAfter: updatedAt, channel: 'web' })).toEqual([]);
  });

  it('by waiting has who waits longest first, and only who waits', async () => {
    expect(await listed({ sort: 'waitingSince' })).toEqual(['waits long', 'waits']);
    expect(await listed({ sort: 'waitingSince', agentId: QUALIFIER })).toEqual(['waits']);
    expect(await listed({ sort: 'waitingSince', waitingBefore: '2026-01-05T09:07:00.000Z' })).toEqual([
      'waits long',
    ]);
  });

  it.each(['updatedAt', 'waitingSince'] as const)(
    'sorted by %s gives everything once, page by page',
    async (sort) => {
      const whole = await listed({ sort, limit: 100 });
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const input = ListConversations.parse({ sort, limit: 1, ...(cursor !== undefined && { cursor }) });
        const page = await list(scenario.collections, scenario.tenantId, input);
        names.push(...namesOf(page));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(names).toEqual(whole);
    },
  );

  it('keeps conversations that changed at the same instant apart', async () => {
    const tenantId = await scenario.tenant('twins');
    const at = '2026-01-06T10:00:00.000Z';
    const twins = [];
    for (let twin = 0; twin < 5; twin += 1) twins.push((await scenario.create({ at }, tenantId)).id);
    const first = await list(scenario.collections, tenantId, ListConversations.parse({ limit: 3 }));
    const input = ListConversations.parse({ limit: 3, cursor: first.nextCursor });
    const second = await list(scenario.collections, tenantId, input);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(twins.toReversed());
  });

  it('does not repeat what was on the page before when it changes in between', async () => {
    const tenantId = await scenario.tenant('busy');
    const made = [];
    for (let index = 0; index < 4; index += 1) made.push((await scenario.create({}, tenantId)).id);
    const [a, b, c, d] = made;
    const first = await list(scenario.collections, tenantId, ListConversations.parse({ limit: 2 }));
    expect(first.items.map(({ id }) => id)).toEqual([d, c]);
    if (d !== undefined)
      await scenario.run('conversations.update', { conversationId: d, tags: ['x'] }, tenantId);
    const input = ListConversations.parse({ limit: 2, cursor: first.nextCursor });
    expect((await list(scenario.collections, tenantId, input)).items.map(({ id }) => id)).toEqual([b, a]);
  });

  it("refuses another list's cursor", async () => {
    const { nextCursor } = await list(
      scenario.collections,
      scenario.tenantId,
      ListConversations.parse({ limit: 1 }),
    );
    const input = { agentId: SUPERVISOR, status: 'active' as const, limit: 1, cursor: nextCursor ?? '' };
    await expect(listByAgent(scenario.collections, scenario.tenantId, input)).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    });
    const filtered = ListConversations.parse({ limit: 1, status: 'active', cursor: nextCursor });
    await expect(list(scenario.collections, scenario.tenantId, filtered)).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    });
    const theirs = ListConversations.parse({ limit: 1, cursor: nextCursor });
    await expect(list(scenario.collections, OTHER, theirs)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });
});

describe('The conversations', () => {
  it('of a stage are the newest changed first, in every status or in one', async () => {
    const { collections, tenantId } = scenario;
    const lead = { stage: 'lead' as const, limit: 25 };
    expect(namesOf(await listByStage(collections, tenantId, lead))).toEqual([
      'ann by email',
      'promised',
      'waits',
      'waits long',
      'ann on web',
      'old',
    ]);
    expect(namesOf(await listByStage(collections, tenantId, { ...lead, status: 'scheduled' }))).toEqual([
      'promised',
    ]);
  });

  it('of an agent are those in the status asked for', async () => {
    const { collections, tenantId } = scenario;
    const mine = { agentId: SUPERVISOR, limit: 25 };
    expect(namesOf(await listByAgent(collections, tenantId, { ...mine, status: 'completed' }))).toEqual([
      'old',
    ]);
    expect(namesOf(await listByAgent(collections, tenantId, { ...mine, status: 'active' }))).toEqual([
      'ann by email',
      'answered',
      'waits long',
      'ann on web',
    ]);
  });

  it('of a contact are its whole history', async () => {
    const page = await history(scenario.collections, scenario.tenantId, { contactId: 'ann', limit: 25 });
    expect(namesOf(page)).toEqual(['ann by email', 'ann on web', 'old']);
    expect(namesOf(await history(scenario.collections, OTHER, { contactId: 'bob', limit: 25 }))).toEqual([]);
  });
});

describe("A contact's active conversation", () => {
  const find = async (input: Parameters<typeof findActiveByContact>[2]) => {
    const found = await findActiveByContact(scenario.collections, scenario.tenantId, input);
    return found && named(found.id);
  };

  it('is found by channel, without those that ended', async () => {
    expect(await find({ contactId: 'ann', channel: 'web' })).toBe('ann on web');
    expect(await find({ contactId: 'ann', channel: 'sms' })).toBeNull();
  });

  it('without a channel is the one that changed last', async () => {
    expect(await find({ contactId: 'ann' })).toBe('ann by email');
  });

  it('is none while the conversation is paused, and none for a stranger', async () => {
    expect(await find({ contactId: 'eve' })).toBeNull();
    expect(await find({ contactId: 'nobody' })).toBeNull();
  });
});

describe('A list of conversations', () => {
  it('gives beside an internal note the last message that the customer may see', async () => {
    const { collections, tenantId } = scenario;
    const contactId = 'with notes';
    const { id: conversationId } = await scenario.create({ contactId });
    const note = (clientMessageId: string) =>
      scenario.run('messages.append', {
        conversationId,
        clientMessageId,
        author: { kind: 'agent', agentId: SUPERVISOR },
        text: 'Ask legal first',
        visibility: 'internal',
      });
    const read = async () =>
      (await list(collections, tenantId, ListConversations.parse({ contactId }))).items[0];
    await note('first');
    expect(await read()).toMatchObject({ lastMessage: { seq: 2 }, lastPublicMessage: null });
    await scenario.say(conversationId, 'We need it by Friday');
    expect(await read()).not.toHaveProperty('lastPublicMessage');
    await note('second');
    await note('third');
    expect(await read()).toMatchObject({
      lastMessage: { seq: 5, preview: 'Ask legal first' },
      lastPublicMessage: { seq: 3, author: { kind: 'customer' }, preview: 'We need it by Friday' },
    });
    await scenario.say(conversationId, 'You have it tomorrow', SUPERVISOR);
    expect(await read()).not.toHaveProperty('lastPublicMessage');
  });
});
