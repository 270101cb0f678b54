import {
  ConversationStatus,
  EntryKind,
  FollowUpStatus,
  HandoffStatus,
  ObjectionStatus,
  ObjectionType,
} from '@baton/schema';
import { arbitraryOf, testDatabase } from '@baton/testing';
import fc from 'fast-check';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { connect, type Connection } from '../connection/connection.ts';
import { applySchema } from '../maintenance/schema-report.ts';
import { codecOf } from './codec.ts';
import { type CollectionName, declaredCollections } from './collections.ts';
import { ALL_CONVERSATIONS, listsOf } from './conversation-lists.ts';
import { ConversationDocument } from './documents.ts';
import { conversationOf } from './mapping.ts';

const TENANT = 'acme';
const CONVERSATION = new ObjectId('0123456789abcdef01234567');
const AT = new Date('2026-01-31T09:30:00.000Z');
const COUNT = 400;
const PAGE = 20;

const database = await testDatabase();
let connection: Connection;

beforeAll(async () => {
  connection = await connect(database.uri);
  await applySchema(connection.db);
  await fill('conversations', (index) => ({
    tags: index % 2 === 0 ? ['vip', `tag${index}`] : [],
    contactId: `contact ${index % 5}`,
    'owner.agentId': `agent_${index % 5}`,
    nextFollowUpAt: index % 4 === 0 ? later(index) : null,
    'metrics.waitingSince': index % 4 === 0 ? later(index) : null,
    updatedAt: later(index),
    createdAt: later(index),
  }));
  await fill('timeline', (index) => ({ conversationId: CONVERSATION, seq: index + 1, at: later(index) }));
  await fill('handoffs', (index) => ({
    conversationId: CONVERSATION,
    to: `agent_${index % 5}`,
    requestedAt: later(index),
    expiresAt: later(index),
  }));
  await fill('objections', (index) => ({ conversationId: CONVERSATION, raisedAt: later(index) }));
  await fill('follow_ups', (index) => ({
    conversationId: CONVERSATION,
    assignee: `agent_${index % 5}`,
    dueAt: later(index),
  }));
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

const NEWEST = { updatedAt: -1, _id: -1 } as const;
const anyOf = (values: z.ZodEnum) => ({ $in: values.options });
const anyStatus = { status: anyOf(ConversationStatus) };
const anyChannel = { listedUnder: ALL_CONVERSATIONS.listedUnder };
const under = (...lists: string[]) => ({ listedUnder: { $all: lists } });

type List = [string, CollectionName, string, Document, Record<string, 1 | -1>];

const lists: List[] = [
  ['conversations', 'conversations', 'by_list', { ...anyStatus, ...anyChannel }, NEWEST],
  ['conversations of a status', 'conversations', 'by_list', { status: 'active', ...anyChannel }, NEWEST],
  [
    'conversations of a channel',
    'conversations',
    'by_list',
    { ...under('channel:web'), ...anyStatus },
    NEWEST,
  ],
  [
    'changed conversations',
    'conversations',
    'by_list',
    { ...anyStatus, ...anyChannel, updatedAt: { $gt: later(100) } },
    NEWEST,
  ],
  ['conversations of a stage', 'conversations', 'by_list', { ...under('stage:lead'), ...anyStatus }, NEWEST],
  [
    'conversations of a stage and status',
    'conversations',
    'by_list',
    { ...under('stage:lead'), status: 'active' },
    NEWEST,
  ],
  [
    'conversations of an owner',
    'conversations',
    'by_list',
    { ...under('owner:agent_1'), ...anyStatus },
    NEWEST,
  ],
  [
    'active conversations of an owner',
    'conversations',
    'by_list',
    { ...under('owner:agent_1'), status: 'active' },
    NEWEST,
  ],
  [
    'conversations of a contact',
    'conversations',
    'by_list',
    { ...under('contact:contact 1'), ...anyStatus },
    NEWEST,
  ],
  ['conversations with a tag', 'conversations', 'by_list', { ...under('tag:vip'), ...anyStatus }, NEWEST],
  [
    'waiting conversations',
    'conversations',
    'by_waiting',
    { 'metrics.waitingSince': { $type: 'date', $lt: later(300) } },
    { 'metrics.waitingSince': 1, _id: 1 },
  ],
  [
    'conversations with a follow-up',
    'conversations',
    'by_list',
    { ...under('follow_ups'), ...anyStatus, nextFollowUpAt: { $type: 'date', $lt: later(1_000) } },
    NEWEST,
  ],
  [
    'entries of a conversation',
    'timeline',
    'by_seq',
    { conversationId: CONVERSATION, seq: { $gt: 10 } },
    { seq: 1 },
  ],
  [
    'newest entries of a conversation',
    'timeline',
    'by_seq',
    { conversationId: CONVERSATION, seq: { $lt: 300 } },
    { seq: -1 },
  ],
  [
    'stage moves of a conversation',
    'timeline',
    'by_conversation_kind',
    { conversationId: CONVERSATION, kind: 'stage' },
    { seq: -1 },
  ],
  [
    'two kinds of a conversation',
    'timeline',
    'by_conversation_kind',
    { $or: ['stage', 'owner'].map((kind) => ({ tenantId: TENANT, conversationId: CONVERSATION, kind })) },
    { seq: -1 },
  ],
  [
    'entries of a kind',
    'timeline',
    'by_kind',
    { kind: 'message', at: { $gte: later(10) } },
    { at: 1, _id: 1 },
  ],
  [
    'entries since an instant',
    'timeline',
    'by_kind',
    { kind: anyOf(EntryKind), at: { $gte: later(10) } },
    { at: 1, _id: 1 },
  ],
  ['handoffs', 'handoffs', 'by_status', { status: anyOf(HandoffStatus) }, { requestedAt: -1, _id: -1 }],
  ['pending handoffs', 'handoffs', 'by_status', { status: 'pending' }, { requestedAt: 1, _id: 1 }],
  [
    'pending handoffs of two agents',
    'handoffs',
    'pending_by_agent',
    { status: 'pending', to: { $in: ['agent_1', 'agent_2'] } },
    { requestedAt: 1, _id: 1 },
  ],
  [
    'handoffs of a conversation',
    'handoffs',
    'by_conversation',
    { conversationId: CONVERSATION },
    { requestedAt: -1, _id: -1 },
  ],
  [
    'objections',
    'objections',
    'by_status',
    { status: anyOf(ObjectionStatus), type: anyOf(ObjectionType) },
    { raisedAt: -1, _id: -1 },
  ],
  [
    'objections of a type',
    'objections',
    'by_status',
    { status: anyOf(ObjectionStatus), type: 'price' },
    { raisedAt: -1, _id: -1 },
  ],
  [
    'objections of a conversation',
    'objections',
    'by_conversation',
    { conversationId: CONVERSATION },
    { raisedAt: -1, _id: -1 },
  ],
  [
    'due follow-ups',
    'follow_ups',
    'by_status',
    { status: 'open', dueAt: { $lte: later(300) } },
    { dueAt: 1, _id: 1 },
  ],
  ['follow-ups', 'follow_ups', 'by_status', { status: anyOf(FollowUpStatus) }, { dueAt: 1, _id: 1 }],
  [
    'due follow-ups of an agent or nobody',
    'follow_ups',
    'by_assignee',
    { assignee: { $in: ['agent_1', null] }, status: 'open', dueAt: { $lte: later(300) } },
    { dueAt: 1, _id: 1 },
  ],
  [
    'follow-ups of a conversation',
    'follow_ups',
    'by_conversation',
    { conversationId: CONVERSATION },
    { dueAt: 1, _id: 1 },
  ],
];

describe('a list is read in the order of its index', () => {
  it.each(lists)('%s', async (_, name, index, filter, sort) => {
    const explained = await explain(name, filter, sort);
    expect(explained).toMatchObject({ indexes: [index], sorts: false, scansAll: false });
    expect(explained.returned).toBeGreaterThan(0);
    // One look-ahead a merged run: 35 at the most, of five statuses in seven channels.
    expect(explained.examined).toBeLessThanOrEqual(explained.returned + 36);
  });

  it.each([
    ['conversations', 'by_list', { ...anyStatus, ...anyChannel }, NEWEST],
    ['conversations', 'by_list', { ...under('stage:lead'), ...anyStatus }, NEWEST],
    ['conversations', 'by_list', { ...under('contact:contact 1'), ...anyStatus }, NEWEST],
  ] as const)('on its second page too: %s %s', async (name, index, filter, sort) => {
    const [last] = await connection.db
      .collection(name)
      .find({ tenantId: TENANT, ...filter }, { sort, skip: PAGE - 1, limit: 1 })
      .toArray();
    const after = {
      updatedAt: { $lte: last?.['updatedAt'] },
      $or: [{ updatedAt: { $lt: last?.['updatedAt'] } }, { _id: { $lt: last?.['_id'] } }],
    };
    const explained = await explain(name, { ...filter, ...after }, sort);
    expect(explained).toMatchObject({ indexes: [index], sorts: false, scansAll: false, returned: PAGE });
    expect(explained.examined).toBeLessThanOrEqual(PAGE + 72);
  });

  it.each([
    ['a client message', 'by_client_message', { conversationId: CONVERSATION, clientMessageId: 'm1' }],
    [
      'client messages',
      'by_client_message',
      { conversationId: CONVERSATION, clientMessageId: { $in: ['m1', 'm2'] } },
    ],
  ])('as %s is found', async (_, index, filter) => {
    expect(await explain('timeline', filter, {})).toMatchObject({ indexes: [index], examined: 0 });
  });

  it('as handoffs that run out are found for every tenant', async () => {
    const filter = { status: 'pending', expiresAt: { $type: 'date', $lte: later(200) } };
    const explained = await explainAll('handoffs', filter, { expiresAt: 1 });
    expect(explained).toMatchObject({ indexes: ['pending_by_expiry'], sorts: false });
  });
});

function later(minutes: number): Date {
  return new Date(AT.getTime() + minutes * 60_000);
}

/** Documents of two tenants, alike but for what the test sets. */
async function fill(name: CollectionName, fields: (index: number) => Document): Promise<void> {
  const schema: z.ZodType = declaredCollections[name].schema;
  const { encode } = codecOf(schema);
  const samples = fc.sample(arbitraryOf(schema), { numRuns: 200, seed: 1 }).map((wire) => encode(wire));
  const documents = Array.from({ length: COUNT }, (_, index) => {
    const document = structuredCloneOf(samples[index % samples.length] ?? {});
    Object.assign(document, { _id: new ObjectId(), tenantId: index % 8 === 7 ? 'other' : TENANT });
    for (const [path, value] of Object.entries(fields(index))) set(document, path, value);
    if (document['kind'] === 'message') document['clientMessageId'] = `client ${index}`;
    if (name === 'conversations') {
      const { decode } = codecOf(ConversationDocument);
      document['listedUnder'] = listsOf(conversationOf(decode(document)));
    }
    return document;
  });
  await connection.db.collection(name).insertMany(documents);
}

function structuredCloneOf(document: Document): Document {
  return {
    ...document,
    ...(document['owner'] && { owner: { ...document['owner'] } }),
    ...(document['metrics'] && { metrics: { ...document['metrics'] } }),
  };
}

function set(document: Document, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) document[first] = value;
  else document[first][second] = value;
}

type Explained = { indexes: string[]; sorts: boolean; scansAll: boolean; examined: number; returned: number };

function explain(name: CollectionName, filter: Document, sort: Record<string, 1 | -1>): Promise<Explained> {
  return explainAll(name, { tenantId: TENANT, ...filter }, sort);
}

async function explainAll(
  name: CollectionName,
  filter: Document,
  sort: Record<string, 1 | -1>,
): Promise<Explained> {
  const { queryPlanner, executionStats } = await connection.db
    .collection(name)
    .find(filter, { sort, limit: PAGE })
    .explain('executionStats');
  const stages = stagesOf(queryPlanner['winningPlan']);
  return {
    indexes: [...new Set(stages.flatMap(({ indexName }) => indexName ?? []))],
    sorts: stages.some(({ stage }) => stage === 'SORT'),
    scansAll: stages.some(({ stage }) => stage === 'COLLSCAN'),
    examined: executionStats['totalDocsExamined'],
    returned: executionStats['nReturned'],
  };
}

function stagesOf(stage: Document): Document[] {
  const inner = [stage['inputStage'], stage['queryPlan'], ...(stage['inputStages'] ?? [])].filter(Boolean);
  return [stage, ...inner.flatMap((one: Document) => stagesOf(one))];
}
