import {
  AgentId,
  Channel,
  type Conversation,
  type ConversationId,
  ListConversations,
  SalesStage,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { type CommandStartedEvent, type Document, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examined, type Explained, explainSent, stagesOf } from '../../test/explain.ts';
import { QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import {
  fillListedConversations,
  nameQuietConversations,
  rebuildListedConversations,
} from '../maintenance/listed-conversations.ts';
import { conversationOf, conversationToDocument } from '../schema/mapping.ts';
import { openCollections } from '../schema/open-collections.ts';
import { conversationQueries } from './conversation.ts';

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2026-03-01T00:00:00.000Z');
const LATER = '2099-01-01T00:00:00.000Z';

let scenario: Scenario;
let client: MongoClient;
const sent: CommandStartedEvent[] = [];

type Filters = Partial<ListConversations>;

/** One of each kind of filter, which together leave few conversations. */
const FILTERS: Filters[] = [
  { channel: 'sms' },
  { stage: 'qualification' },
  { agentId: QUALIFIER },
  { followUpBefore: LATER },
  { waitingBefore: LATER },
  { tag: 'vip' },
];

/** Every set of up to `size` of the filters. */
function* combinations(size: number, from = 0): Generator<Filters> {
  yield {};
  if (size === 0) return;
  for (let index = from; index < FILTERS.length; index += 1)
    for (const others of combinations(size - 1, index + 1)) yield { ...FILTERS[index], ...others };
}

/** Up to three, and all. */
const narrowed = [...combinations(3)];
const all: Filters = Object.assign({}, ...FILTERS);
const collections = () => scenario.collections;
const list = (input: Filters) =>
  conversationQueries.list(collections(), scenario.tenantId, ListConversations.parse(input));

async function everyPage(input: Filters): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined, pages = 0; ; pages += 1) {
    const page = await list({ ...input, cursor });
    ids.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null || pages > 1_000) return ids;
    cursor = page.nextCursor;
  }
}

/** Whether a conversation is in a list, said again without names and indexes. */
function isIn(
  { stage, agentId, channel, tag, status, contactId, ...when }: Filters,
  one: Conversation,
): boolean {
  const { waitingSince } = one.metrics;
  return (
    (stage === undefined || one.stage === stage) &&
    (agentId === undefined || one.owner.agentId === agentId) &&
    (channel === undefined || one.channel === channel) &&
    (tag === undefined || one.tags.includes(tag)) &&
    (status === undefined || one.status === status) &&
    (contactId === undefined || one.contactId === contactId) &&
    (when.updatedAfter === undefined || one.updatedAt > when.updatedAfter) &&
    (when.followUpBefore === undefined ||
      (one.nextFollowUpAt !== null && one.nextFollowUpAt < when.followUpBefore)) &&
    ((when.waitingBefore === undefined && when.sort !== 'waitingSince') ||
      (waitingSince !== null && (when.waitingBefore === undefined || waitingSince < when.waitingBefore)))
  );
}

async function everyConversation(): Promise<Conversation[]> {
  const { conversations } = collections();
  const documents = await conversations.collection.find({ tenantId: scenario.tenantId }).toArray();
  return documents.map((document) => conversationOf(conversations.decode(document)));
}

function expectedIds(conversations: readonly Conversation[], input: Filters): string[] {
  const key = (one: Conversation) =>
    (input.sort === 'waitingSince' ? one.metrics.waitingSince : one.updatedAt) ?? '';
  const ascending = conversations
    .filter((one) => isIn(input, one))
    .toSorted((a, b) => key(a).localeCompare(key(b)) || a.id.localeCompare(b.id));
  return (input.sort === 'waitingSince' ? ascending : ascending.toReversed()).map(({ id }) => id);
}

const ALSO: Filters[] = [
  {},
  { status: 'active' },
  { sort: 'waitingSince' },
  { sort: 'waitingSince', status: 'paused' },
  { contactId: 'contact-2' },
  { sort: 'waitingSince', contactId: 'contact-2' },
  { updatedAfter: timestamp(FIRST + 50_000) },
];

/** @param turn which of the sets go with what else is asked for */
async function expectListsRight(turn: number): Promise<void> {
  const conversations = await everyConversation();
  for (const [index, filters] of [...narrowed, all].entries())
    for (const also of [ALSO[(index + turn) % ALSO.length], ALSO[(index + turn + 3) % ALSO.length]]) {
      const input = { ...filters, ...also };
      expect([input, await everyPage({ ...input, limit: 11 })]).toEqual([
        input,
        expectedIds(conversations, input),
      ]);
    }
}

/** Copies of a conversation, each with other fields, as the store keeps them. */
async function copy(
  tenantId: TenantId,
  template: Conversation,
  copies: readonly Partial<Conversation>[],
): Promise<void> {
  const { conversations } = collections();
  const documents: Document[] = copies.map((fields) => {
    const id = new ObjectId().toHexString() as ConversationId;
    return conversations.encode(conversationToDocument(tenantId, { ...template, id, ...fields }));
  });
  await conversations.collection.insertMany(documents);
}

const waitingSince = (conversation: Conversation, at: number | null) => ({
  metrics: { ...conversation.metrics, waitingSince: at === null ? null : timestamp(at) },
});

/** The value of a list of them at a number's place. */
const pick = <Value>(values: readonly [Value, ...Value[]], index: number): Value =>
  values[index % values.length] ?? values[0];

beforeAll(async () => {
  const database = await testDatabase();
  scenario = await Scenario.open(database.uri, database);
  client = await new MongoClient(database.uri, { monitorCommands: true }).connect();
  client.on('commandStarted', (event) => sent.push(event));
});

afterAll(async () => {
  await client.close();
  await scenario[Symbol.asyncDispose]();
});

describe('A list by several filters', () => {
  let template: Conversation;

  beforeAll(async () => {
    template = await scenario.create();
    await copy(
      scenario.tenantId,
      template,
      Array.from({ length: 200 }, (_, index) => ({
        // Several changed at the same instant.
        updatedAt: timestamp(FIRST + Math.floor(index / 3) * 1_000),
        contactId: `contact-${index % 50}`,
        channel: pick(Channel.options as [Channel], index),
        stage: pick(SalesStage.options.slice(0, 2) as [SalesStage], Math.floor(index / 2)),
        status: pick(['active', 'paused', 'completed'] as const, Math.floor(index / 3)),
        owner: { ...template.owner, agentId: pick([QUALIFIER, SUPERVISOR], Math.floor(index / 4)) },
        tags: index % 5 < 2 ? ['vip', 'b&a', `t${index % 3}`] : [],
        nextFollowUpAt: index % 3 === 0 ? timestamp(FIRST + index * DAY_MS) : null,
        ...waitingSince(template, index % 2 === 0 ? FIRST - index * 1_000 : null),
      })),
    );
  });

  it('is right before anything has a name', () => expectListsRight(0), 60_000);

  it('is right by names, and among those that have changed since', async () => {
    await fillListedConversations(collections());
    expect(await collections().listed_conversations.acrossTenants('test').countDocuments({})).toBe(201);
    await expectListsRight(1);
    const { conversations } = collections();
    const changed = await conversations.acrossTenants('test').find({ tags: 'vip' }).limit(40).toArray();
    // A server of the version before knows no names: it writes the conversation alone.
    for (const [index, document] of changed.entries()) {
      const before = conversationOf(conversations.decode(document));
      const moved: Conversation = {
        ...before,
        version: before.version + 1,
        updatedAt: timestamp(Date.now() - index),
        ...(index % 2 === 0 && { stage: 'closing' as const }),
        ...(index % 3 === 0 && { status: 'completed' as const }),
        ...(index % 5 === 0 && waitingSince(before, Date.now() - index)),
      };
      const { _id: id, ...fields } = conversations.encode(conversationToDocument(scenario.tenantId, moved));
      await conversations.collection.replaceOne({ _id: id }, fields);
    }
    await expectListsRight(2);
  }, 120_000);

  it('has at once what is written of the past', async () => {
    const past = { contactId: 'latecomer', channel: 'sms' as const, tags: ['vip'], agentId: QUALIFIER };
    scenario.at('2026-02-01T00:00:00.000Z');
    const { id } = await scenario.create(past);
    await scenario.run('stages.transition', { conversationId: id, to: 'qualification' });
    for (const input of [
      { channel: 'sms', tag: 'vip' },
      { stage: 'qualification', agentId: QUALIFIER, tag: 'vip' },
    ] as const)
      expect(await everyPage(input)).toContain(id);
    await expect(everyPage({ stage: 'lead', agentId: QUALIFIER, tag: 'vip' })).resolves.not.toContain(id);
  });
});

it('Conversations are named once many of a tenant have become quiet, and a later version stays', async () => {
  const { listed_conversations: listed, conversations } = collections();
  const tenantId = await scenario.tenant('crowded');
  const template = await scenario.create({ channel: 'sms' }, tenantId);
  const nameQuiet = () => nameQuietConversations(collections())();
  const quiet = (count: number) =>
    copy(
      tenantId,
      template,
      Array.from({ length: count }, () => ({})),
    );
  await quiet(400);
  expect(await nameQuiet()).toBe(0);
  await quiet(700);
  const one = await conversations.collection.findOne({ tenantId }, { sort: { _id: -1 } });
  const [_id, version] = [one?._id ?? new ObjectId(), 1_000];
  const place = { status: 'active', updatedAt: new Date(0), waitingSince: null, nextFollowUpAt: null };
  await listed.collection.insertOne({
    _id,
    tenantId,
    version,
    contactId: 'one',
    names: ['tag:later'],
    ...place,
  });
  // What the scenario wrote of the past had its names at once.
  expect(await nameQuiet()).toBe(1_099);
  expect(await listed.acrossTenants('test').findOne({ _id })).toMatchObject({ version });
  await listed.acrossTenants('test').deleteOne({ _id });
  expect(await nameQuiet()).toBe(0);

  const gone = await conversations.collection.findOne({ tenantId }, { sort: { _id: 1 } });
  await conversations.acrossTenants('test').deleteOne({ _id: gone?._id ?? new ObjectId() });
  expect(await rebuildListedConversations(collections())).toEqual({ written: 1, removed: 1 });
  expect(await rebuildListedConversations(collections())).toEqual({ written: 0, removed: 0 });
});

describe('Where each filter leaves many, and two together leave none but two', () => {
  const both = new Set<string>();
  let tenantId: TenantId;

  beforeAll(async () => {
    tenantId = await scenario.tenant('adversary');
    const template = await scenario.create({}, tenantId);
    const { conversations } = collections();
    const apart = Array.from({ length: 6 * 200 }, (_, index) => new Set([index % 6]));
    const together = [new Set([0, 1, 2, 3, 4, 5]), new Set([0, 1, 2, 3, 4, 5])];
    const documents = [...apart, ...together].map((has, index) => {
      const id = new ObjectId().toHexString() as ConversationId;
      if (has.size === 6) both.add(id);
      const at = FIRST + index * 1_000;
      return conversations.encode(
        conversationToDocument(tenantId, {
          ...template,
          id,
          updatedAt: timestamp(at),
          channel: has.has(0) ? 'sms' : 'web',
          stage: has.has(1) ? 'qualification' : 'lead',
          owner: { ...template.owner, agentId: AgentId.parse(has.has(2) ? QUALIFIER : SUPERVISOR) },
          nextFollowUpAt: has.has(3) ? timestamp(at) : null,
          tags: has.has(5) ? ['vip'] : [],
          ...waitingSince(template, has.has(4) ? at : null),
        }),
      );
    });
    await conversations.collection.insertMany(documents);
    await fillListedConversations(collections());
  });

  /** Lists the two, and looks at what that cost. */
  async function explainList(filters: Filters): Promise<Explained[]> {
    const monitored = openCollections(client.db(), collections());
    sent.length = 0;
    const { items } = await conversationQueries.list(monitored, tenantId, ListConversations.parse(filters));
    expect(new Set(items.map(({ id }) => id))).toEqual(both);
    const explained = await explainSent(client.db(), sent);
    for (const one of explained) {
      const { keys, documents } = examined(one);
      expect(keys).toBeLessThanOrEqual(30);
      expect(documents).toBeLessThanOrEqual(4);
    }
    return explained;
  }

  const pairsAndTriples = narrowed.filter((filters) => Object.keys(filters).length > 1);
  it('has a list of each two and three', () => expect(pairsAndTriples).toHaveLength(15 + 20));

  it.each(pairsAndTriples.flatMap((filters) => [filters, { ...filters, status: 'active' as const }]))(
    '%j reads little more than it gives',
    async (filters) => {
      for (const explained of await explainList(filters))
        expect([...stagesOf(explained)]).not.toContain('SORT');
    },
  );

  it('by waiting reads little more than it gives, with any other filter', async () => {
    for (const filters of narrowed)
      if (!('waitingBefore' in filters) && Object.keys(filters).length > 0)
        await explainList({ ...filters, sort: 'waitingSince' });
  });
});
