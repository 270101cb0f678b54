import { Refusal, stagesFrom } from '@baton/domain';
import type {
  Conversation,
  CountedConversation,
  EntryKind,
  MetricsConversations,
  MetricsFigure,
  Page,
  TenantId,
} from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { conversationOf } from '../../schema/mapping.ts';
import { OPEN_STATUSES } from '../../rollup/count-conversation.ts';
import { wholeOf } from '../../rollup/count-entry.ts';
import { byIds, type Collections } from '../../schema/open-collections.ts';
import { withContacts } from '../contact.ts';
import { readByInstant } from '../instant-list.ts';
import { firstThatFit } from '../page-bytes.ts';
import { InstantPosition, readPage } from '../page.ts';
import { aggregateEntries, entriesFilter, ownerBeforeEntry } from './entries.ts';

const IdPosition = z.string().regex(/^[0-9a-f]{24}$/);

type Counted = { _id: ObjectId; amount: number };

/** The entries that a figure is made of, and what each conversation's sum up to. */
type FigureQuery = {
  kinds: readonly EntryKind[];
  where?: Document;
  /** Stages between the entries and their groups. */
  before?: readonly Document[];
  /** What the entries of one conversation add to the figure; how many they are unless given. */
  amount?: Document;
  /** Further accumulators, and what a group must be to count. */
  group?: Document;
  having?: Document;
};

const ENTERED = { $ifNull: ['$to', 'lead'] };
/** A conversation that entered a stage counts once, however often it did. */
const ONE_PER_CONVERSATION = { $max: 1 };

function enteredQuery({ stage, after }: Extract<MetricsFigure, { figure: 'entered' }>): FigureQuery {
  const kinds = ['created', 'stage'] as const;
  if (after === undefined)
    return { kinds, where: { $expr: { $eq: [ENTERED, stage] } }, amount: ONE_PER_CONVERSATION };
  const seqOf = (one: typeof stage) => ({ $cond: [{ $eq: [ENTERED, one] }, '$seq', null] });
  return {
    kinds,
    amount: ONE_PER_CONVERSATION,
    group: { first: { $min: seqOf(after) }, last: { $max: seqOf(stage) } },
    having: { first: { $ne: null }, $expr: { $gt: ['$last', '$first'] } },
  };
}

/** Where an agent wrote, or was the owner: each once. */
function workedQuery(agentId: string): FigureQuery {
  return {
    kinds: ['created', 'message', 'owner'],
    where: {
      $or: [
        { kind: 'created', agentId },
        { kind: 'message', 'author.kind': 'agent', 'author.agentId': agentId },
        { kind: 'owner', from: agentId },
        { kind: 'owner', to: agentId },
      ],
    },
    amount: ONE_PER_CONVERSATION,
  };
}

function figureQuery(figure: EntryFigure, collections: Collections, tenantId: TenantId): FigureQuery {
  const written = (agentId: string | undefined) =>
    agentId === undefined ? {} : { 'author.agentId': agentId };
  switch (figure.figure) {
    case 'entered':
      return enteredQuery(figure);
    case 'reached':
      return {
        kinds: ['created', 'stage'],
        amount: ONE_PER_CONVERSATION,
        group: { began: { $max: { $eq: ['$kind', 'created'] } }, stages: { $addToSet: ENTERED } },
        having: { began: true, stages: { $in: stagesFrom(figure.stage) } },
      };
    case 'stays':
      return { kinds: ['stage'], where: { from: figure.stage } };
    case 'messages':
      return {
        kinds: ['message'],
        where: { ...(figure.author && { 'author.kind': figure.author }), ...written(figure.agentId) },
      };
    case 'answers':
      return {
        kinds: ['message'],
        where: {
          responseMs: {
            $type: 'number',
            ...(figure.aboveMs !== undefined && { $gt: figure.aboveMs }),
            ...(figure.toMs !== undefined && { $lte: figure.toMs }),
          },
          ...written(figure.agentId),
        },
      };
    case 'cost':
      return {
        kinds: ['message'],
        where: written(figure.agentId),
        amount: { $sum: '$usage.costMicros' },
        having: { amount: { $gt: 0 } },
      };
    case 'tokens':
      return {
        kinds: ['message'],
        where: written(figure.agentId),
        amount: {
          // As `$add` would, but for what is no number: that counts as nothing.
          $sum: { $sum: ['$usage.inputTokens', '$usage.outputTokens'] },
        },
        having: { amount: { $gt: 0 } },
      };
    case 'handoffs':
      return {
        kinds: ['owner'],
        where: { ...(figure.from && { from: figure.from }), ...(figure.to && { to: figure.to }) },
      };
    case 'deals':
      return {
        kinds: ['deal'],
        where: { outcome: figure.outcome },
        ...(figure.agentId !== undefined && {
          before: [...ownerBeforeEntry(collections, tenantId), { $match: { owner: figure.agentId } }],
        }),
      };
    case 'worked':
      return workedQuery(figure.agentId);
  }
}

/** Newest first: an ObjectId begins with its time of creation. */
const newest = (limit: number): Document[] => [{ $sort: { _id: -1 } }, { $limit: limit }];

type FigureOf<Figure extends MetricsFigure['figure']> = Extract<MetricsFigure, { figure: Figure }>;
type EntryFigure = Exclude<MetricsFigure, FigureOf<'begun'>>;

type StartedConversation = { conversation: Conversation; position: InstantPosition };

/** How many entries are read at a time where conversations are filtered. */
const CHUNK = 1_000;
const LARGEST_CHUNK = 10_000;

/**
 * The conversations that began in the period and are such now, the newest first: each has one first entry, and those
 * have an order.
 * @throws Refusal UNAVAILABLE where they are so rare that looking for them takes longer than READ_TIMEOUT_MS
 */
async function* startedConversations(
  collections: Collections,
  tenantId: TenantId,
  {
    input,
    currentFilter,
    chunk,
  }: { input: MetricsConversations; currentFilter: Filter<Document>; chunk: number },
  after: InstantPosition | null,
): AsyncGenerator<StartedConversation, void, void> {
  const deadline = performance.now() + READ_TIMEOUT_MS;
  const filter = entriesFilter(tenantId, ['created'], input);
  const order = { filter, index: 'by_kind', field: 'at', direction: -1 } as const;
  for (let [position, reach] = [after, chunk]; ;) {
    const { items: found, isCut } = await readByInstant(collections.timeline, order, position, reach);
    const entries = found.filter((entry) => entry !== null);
    const ids = entries.map(({ conversationId }) => new ObjectId(conversationId));
    const byId = await readConversations(collections, tenantId, ids, currentFilter);
    for (const { _id, at, conversationId } of entries) {
      const conversation = byId.get(conversationId);
      position = [at, _id];
      if (conversation !== undefined) yield { conversation, position };
    }
    if (!isCut && found.length < reach) return;
    // Where none of these can be read, the next look reaches beyond them.
    reach = entries.length === 0 ? Math.min(reach * 2, LARGEST_CHUNK) : chunk;
    if (performance.now() > deadline) {
      throw new Refusal(
        'UNAVAILABLE',
        'So few of these conversations take too long to find; ask for a shorter period',
      );
    }
  }
}

async function listStarted(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsConversations,
  { status, isWaiting }: FigureOf<'begun'>,
): Promise<Page<CountedConversation>> {
  const currentFilter = {
    ...(status && { status }),
    ...(isWaiting === true && {
      'metrics.waitingSince': { $ne: null },
      $expr: { $in: ['$status', OPEN_STATUSES] },
    }),
  };
  const wantsEvery = Object.keys(currentFilter).length === 0;
  const listing = { tenantId, procedure: 'metrics.conversations', input };
  const page = await readPage<StartedConversation, InstantPosition>(listing, {
    position: InstantPosition,
    positionOf: ({ position }) => position,
    read: async (after, limit) => {
      const found: StartedConversation[] = [];
      const asked = { input, currentFilter, chunk: wantsEvery ? limit : CHUNK };
      for await (const started of startedConversations(collections, tenantId, asked, after)) {
        found.push(started);
        if (found.length === limit) break;
      }
      return firstThatFit(found);
    },
  });
  const found = page.items.map(({ conversation }) => conversation);
  const views = await withContacts(collections, tenantId, found);
  return { ...page, items: views.map((conversation) => ({ conversation, amount: 1 })) };
}

async function countByConversation(
  collections: Collections,
  tenantId: TenantId,
  { input, behind }: { input: MetricsConversations; behind: EntryFigure },
  idFilter: Document,
  limit: number,
): Promise<Counted[]> {
  const {
    kinds,
    where = {},
    before = [],
    amount = { $sum: 1 },
    group = {},
    having,
  } = figureQuery(behind, collections, tenantId);
  const match = { ...entriesFilter(tenantId, kinds, input), conversationId: idFilter, ...where };
  return aggregateEntries<Counted>(collections, match, [
    ...before,
    { $group: { _id: '$conversationId', amount, ...group } },
    ...(having === undefined ? [] : [{ $match: having }]),
    ...newest(limit),
    { $project: { amount: 1 } },
  ]);
}

async function readConversations(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
  currentFilter: Filter<Document> = {},
): Promise<ReadonlyMap<string, Conversation>> {
  const documents = await collections.conversations.collection
    .find({ ...byIds(ids), tenantId, ...currentFilter }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const readable = documents.map((document) => collections.conversations.tryDecode(document));
  const found = readable.filter((document) => document !== null).map(conversationOf);
  return new Map(found.map((conversation) => [conversation.id, conversation]));
}

/**
 * The conversations that a figure counts, each with what it adds to it; the newest first.
 * @throws Refusal INVALID_CURSOR, UNAVAILABLE
 */
export async function conversations(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsConversations,
): Promise<Page<CountedConversation>> {
  const { behind } = input;
  if (behind.figure === 'begun') return listStarted(collections, tenantId, input, behind);
  return readPage(
    { tenantId, procedure: 'metrics.conversations', input },
    {
      position: IdPosition,
      positionOf: ({ conversation }) => conversation.id,
      read: async (after, limit) => {
        const idFilter = after === null ? { $type: 'objectId' } : { $lt: new ObjectId(after) };
        const counted = await countByConversation(collections, tenantId, { input, behind }, idFilter, limit);
        const byId = await readConversations(
          collections,
          tenantId,
          counted.map(({ _id }) => _id),
        );
        const found = counted.map(({ _id, amount }) => {
          const conversation = byId.get(_id.toHexString());
          return conversation === undefined ? null : { conversation, amount: wholeOf(amount) };
        });
        const readable = found.flatMap((one) => one?.conversation ?? []);
        const views = new Map(
          (await withContacts(collections, tenantId, readable)).map((view) => [view.id, view]),
        );
        const rows = found.map((one) => {
          const conversation = one && views.get(one.conversation.id);
          return one === null || conversation == null ? null : { conversation, amount: one.amount };
        });
        return firstThatFit(rows);
      },
    },
  );
}
