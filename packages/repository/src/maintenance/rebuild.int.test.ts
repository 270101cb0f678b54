import {
  type Conversation,
  type ConversationId,
  PREVIEW_LENGTH,
  RecordQualification,
  ScheduleFollowUp,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from '../write/submit-command.ts';
import { SNAPSHOT_INTERVAL } from '../write/snapshots.ts';
import { migrate } from './migrations.ts';
import { rebuild } from './rebuild.ts';

const TENANT = TenantId.parse('rebuilds');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;
let conversation: Conversation;
let said = 0;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

async function say(conversationId: ConversationId, text = 'Hello'): Promise<Conversation> {
  said += 1;
  const message = {
    clientMessageId: `message-${said}`,
    author: { kind: 'customer' as const },
    text,
  };
  const input = { conversationId, ...message, visibility: 'public' as const };
  return (await store.execute(caller, 'messages.append', input)).conversation;
}

/** A store that has one conversation with two messages, an objection, a follow-up and an answer. */
beforeEach(async () => {
  const { conversations, timeline, objections, follow_ups, qualification_answers } = store.collections;
  for (const { acrossTenants } of [conversations, timeline, objections, follow_ups, qualification_answers])
    await acrossTenants('test').deleteMany({});
  const contact = { contactId: `contact-${said}`, channel: 'web' as const, tags: [], metadata: {} };
  const created = await store.execute(caller, 'conversations.create', contact);
  const conversationId = created.conversation.id;
  await store.execute(caller, 'objections.raise', {
    conversationId,
    type: 'price',
    text: 'x',
    severity: 'low',
  });
  const dueAt = '2026-01-05T09:00:00.000Z';
  await store.execute(
    caller,
    'followUps.schedule',
    ScheduleFollowUp.parse({ conversationId, type: 'nurture', dueAt }),
  );
  await store.execute(
    caller,
    'qualification.record',
    RecordQualification.parse({ conversationId, by: 'qualifier', budget: { verdict: true, value: 'x' } }),
  );
  await say(conversationId);
  conversation = await say(conversationId);
});

const idOf = ({ id }: Conversation) => new ObjectId(id);

async function fieldsThatDiffer(): Promise<string[][]> {
  const { differences } = await rebuild(store.collections);
  for (const { tenantId, conversationId } of differences) {
    expect({ tenantId, conversationId }).toEqual({ tenantId: TENANT, conversationId: conversation.id });
  }
  return differences.map(({ fields }) => fields);
}

test('a conversation that is the fold of its timeline differs in nothing', async () => {
  expect(await rebuild(store.collections)).toEqual({ checked: 1, differences: [] });
});

test('every changed field is named, a missing one too', async () => {
  await store.collections.conversations
    .acrossTenants('test')
    .updateOne(
      { _id: idOf(conversation) },
      { $set: { 'metrics.messages': 7, tags: ['forged'] }, $unset: { handoffChain: '' } },
      { bypassDocumentValidation: true },
    );
  expect((await fieldsThatDiffer()).map((fields) => fields.toSorted())).toEqual([
    ['handoffChain', 'metrics', 'tags'],
  ]);
});

test('a preview that the version before cut inside of a character is no difference, another one is', async () => {
  const start = 'w'.repeat(PREVIEW_LENGTH - 2);
  await say(conversation.id, `${start}👨‍👩‍👧‍👧 said hello`);
  const setPreview = (preview: string) =>
    store.collections.conversations
      .acrossTenants('test')
      .updateOne({ _id: idOf(conversation) }, { $set: { 'lastMessage.preview': preview } });
  expect(await fieldsThatDiffer()).toEqual([]);
  await setPreview(`${start}👨`);
  expect(await fieldsThatDiffer()).toEqual([]);
  for (const preview of [`${start}!`, start.slice(1), '']) {
    await setPreview(preview);
    expect(await fieldsThatDiffer()).toEqual([['lastMessage']]);
  }
});

test('a list that a conversation stands in without reason is seen', async () => {
  await store.collections.conversations
    .acrossTenants('test')
    .updateOne({ _id: idOf(conversation) }, { $set: { listedUnder: ['tag:forged'] } });
  expect(await fieldsThatDiffer()).toEqual([['listedUnder']]);
});

test('a snapshot that the timeline does not give is seen, and one of a version with other fields is not', async () => {
  for (let index = 0; index < 2 * SNAPSHOT_INTERVAL; index += 1) conversation = await say(conversation.id);
  await store.drain();
  const collection = store.collections.snapshots.acrossTenants('test');
  expect(await collection.countDocuments({ conversationId: idOf(conversation) })).toBe(2);
  expect(await fieldsThatDiffer()).toEqual([]);
  const [first] = await collection.find({ conversationId: idOf(conversation) }).toArray();
  const state: object = JSON.parse(first?.['state'] ?? '');
  const seen = async (changed: object) => {
    await collection.updateOne({ _id: first?._id }, { $set: { state: JSON.stringify(state), ...changed } });
    return fieldsThatDiffer();
  };
  expect(await seen({ state: JSON.stringify({ ...state, tags: ['forged'] }) })).toEqual([['snapshots']]);
  expect(await seen({ version: 3 })).toEqual([['snapshots']]);
  expect(await seen({ version: 1_000 })).toEqual([]);
  expect(await seen({ state: JSON.stringify({ ...state, mood: 'cheerful' }) })).toEqual([]);
});

test('a lease, which is the work item’s own, is no difference', async () => {
  expect(await store.followUps.claim(TENANT, { limit: 1, leaseMs: 60_000 })).toHaveLength(1);
  expect(await rebuild(store.collections)).toEqual({ checked: 1, differences: [] });
});

test.each([
  ['objections', { severity: 'high' }],
  ['follow_ups', { status: 'dead' }],
  ['qualification_answers', { 'answer.verdict': false }],
] as const)('a change of the list of %s behind the timeline’s back is seen', async (name, change) => {
  await store.collections[name].acrossTenants('test').updateOne({}, { $set: change });
  expect(await fieldsThatDiffer()).toEqual([[name]]);
  await store.collections[name].acrossTenants('test').deleteMany({});
  expect(await fieldsThatDiffer()).toEqual([[name]]);
});

test('a place among the active conversations that was lost is seen', async () => {
  await store.collections.active_conversations.acrossTenants('test').deleteMany({});
  expect(await fieldsThatDiffer()).toEqual([['active_conversations']]);
});

test('a timeline whose conversation is gone is seen', async () => {
  await store.collections.conversations.acrossTenants('test').deleteMany({});
  expect(await fieldsThatDiffer()).toEqual([['conversation: missing']]);
});

test('a timeline with a gap cannot be folded, and says where', async () => {
  await store.collections.timeline
    .acrossTenants('test')
    .deleteOne({ conversationId: idOf(conversation), seq: 2 });
  expect(await fieldsThatDiffer()).toEqual([
    [expect.stringMatching(/^timeline: Entry 3 .* is not the next one, 2$/)],
  ]);
});

test('a timeline that has lost its end shows in the conversation', async () => {
  await store.collections.timeline.acrossTenants('test').deleteOne({
    conversationId: idOf(conversation),
    seq: conversation.lastSeq,
  });
  expect(await fieldsThatDiffer()).toEqual([expect.arrayContaining(['lastSeq', 'version', 'metrics'])]);
});

test('a conversation without a timeline is told apart from one that differs', async () => {
  await store.collections.timeline.acrossTenants('test').deleteMany({});
  expect(await fieldsThatDiffer()).toEqual([['timeline: empty']]);
});

test('commands that are committed meanwhile are no differences', async () => {
  const redact = { conversationId: conversation.id, seq: conversation.lastSeq };
  const others = [
    ...Array.from({ length: 5 }, () => say(conversation.id)),
    store.execute(caller, 'messages.redact', redact),
  ];
  const reports = await Promise.all([rebuild(store.collections), rebuild(store.collections), ...others]);
  expect(reports.slice(0, 2)).toEqual([1, 2].map(() => ({ checked: 1, differences: [] })));
});

test('it tells how far it is, and changes nothing', async () => {
  await store.collections.conversations
    .acrossTenants('test')
    .updateOne({ _id: idOf(conversation) }, { $set: { handoffCount: 7 } });
  const before = await store.collections.conversations.acrossTenants('test').find({}).toArray();
  const progress: [number, number][] = [];
  await rebuild(store.collections, (checked, total) => progress.push([checked, total]));
  expect(progress).toEqual([[1, 1]]);
  expect(await store.collections.conversations.acrossTenants('test').find({}).toArray()).toEqual(before);
});

test('entries that cannot be read are named, and nothing else is guessed', async () => {
  const { timeline, handoffs } = store.collections;
  const past = { bypassDocumentValidation: true };
  await timeline
    .acrossTenants('test')
    .updateMany(
      { conversationId: idOf(conversation), seq: { $in: [2, 3] } },
      { $set: { kind: 'mood' } },
      past,
    );
  expect(await fieldsThatDiffer()).toEqual([
    ['timeline: entry 2 cannot be read', 'timeline: entry 3 cannot be read'],
  ]);
  await store.collections.conversations
    .acrossTenants('test')
    .updateOne({ _id: idOf(conversation) }, { $set: { lastSeq: 'three' } }, past);
  expect((await fieldsThatDiffer())[0]).toContain('conversation: cannot be read');
  await handoffs.acrossTenants('test').deleteMany({});
});

test('a projection that cannot be read differs, and what belongs to nobody is passed over', async () => {
  const { objections, timeline } = store.collections;
  const past = { bypassDocumentValidation: true };
  await objections.collection.insertOne(
    { tenantId: TENANT, conversationId: idOf(conversation), severity: 'grave' },
    past,
  );
  await timeline.collection.insertOne({ tenantId: 7, conversationId: 'none', seq: 1, kind: 'created' }, past);
  expect(await fieldsThatDiffer()).toEqual([['objections']]);
});
