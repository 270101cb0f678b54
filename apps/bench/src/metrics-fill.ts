import type { Caller, Collections, Store } from '@baton/repository';
import {
  AgentId,
  type Conversation,
  SalesStage,
  ScheduleFollowUp,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { CALLER, TENANT } from './bench-tenant.ts';
import { cyclicElement } from './cyclic-element.ts';
import { messageText } from './message-text.ts';

/** It moves sales as they come, past the guards. */
const FORCING: Caller = { ...CALLER, mayForce: true };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** History goes back so long; the sales of it take up to a month. */
export const HISTORY_MS = 365 * DAY_MS;

const AGENTS = Array.from({ length: 20 }, (_, index) => AgentId.parse(`agent_${index}`));
const CHANNELS = ['web', 'email', 'whatsapp', 'sms'] as const;
const PATH = SalesStage.options.filter((stage) => stage !== 'lead' && stage !== 'follow_up');
const MODELS = 60;
export const MESSAGES = 10;
const COPIED = [
  'conversations',
  'timeline',
  'handoffs',
  'objections',
  'follow_ups',
  'qualification_answers',
  'snapshots',
  'active_conversations',
] as const satisfies readonly (keyof Collections)[];

type CopiedCollection = (typeof COPIED)[number];

export type Model = {
  contactId: string;
  documents: { collection: CopiedCollection; document: Document }[];
};

/** Conversations that went through the store, as models: each with ten messages, over minutes or weeks. */
export async function makeModels(store: Store): Promise<Model[]> {
  await Promise.all(AGENTS.map((id) => store.agents.register(TENANT, agent(id))));
  const conversations = await Promise.all(
    Array.from({ length: MODELS }, (_, index) => converse(store, index)),
  );
  // Snapshots are written in the background.
  await store.drain();
  return Promise.all(conversations.map((conversation) => modelOf(store, conversation)));
}

async function modelOf(
  { collections }: Store,
  { id, contactId }: Pick<Conversation, 'id' | 'contactId'>,
): Promise<Model> {
  const conversationId = new ObjectId(id);
  const found = COPIED.map(async (collection) => {
    const filter = { [collection === 'conversations' ? '_id' : 'conversationId']: conversationId };
    const documents = await collections[collection].acrossTenants('test').find(filter).toArray();
    return documents.map((document) => ({ collection, document }));
  });
  return { contactId, documents: (await Promise.all(found)).flat() };
}

const agent = (id: AgentId) => ({
  id,
  kind: 'ai' as const,
  name: id,
  roles: [],
  members: [],
  capacity: null,
  availability: 'available' as const,
});

async function converse(store: Store, index: number): Promise<Conversation> {
  let now = Date.now() - HISTORY_MS - 60 * DAY_MS;
  const pauseMs = cyclicElement([3 * MINUTE_MS, 40 * MINUTE_MS, 5 * HOUR_MS, 2 * DAY_MS], index);
  let owner = cyclicElement(AGENTS, index);
  const next = () => timestamp((now += Math.floor(pauseMs * (0.3 + Math.random()))));
  let { conversation } = await store.execute(FORCING, 'conversations.create', {
    contactId: `model-${index}`,
    channel: cyclicElement(CHANNELS, index),
    agentId: owner,
    tags: [],
    metadata: {},
    at: next(),
  });
  const conversationId = conversation.id;
  for (let number = 0; number < MESSAGES; number += 1) {
    const said = { conversationId, clientMessageId: `said-${number}`, text: messageText(number), at: next() };
    const usage = { model: 'm', inputTokens: 900, outputTokens: 120, costMicros: 700 };
    ({ conversation } = await store.execute(FORCING, 'messages.append', {
      ...said,
      visibility: 'public',
      ...(number % 2 === 0
        ? { author: { kind: 'customer' } }
        : { author: { kind: 'agent', agentId: owner }, usage }),
    }));
    if (number % 2 === 1 && number / 2 < 1 + (index % 5)) {
      const to = cyclicElement(PATH, (number - 1) / 2);
      await store.execute(FORCING, 'stages.transition', {
        conversationId,
        to,
        force: true,
        reason: 'So',
        lossReason: 'No',
        at: next(),
      });
    }
    if (number === 4 && index % 3 === 0) {
      const to = cyclicElement(AGENTS, index + 7);
      const why = { reason: 'Please', trigger: 'manual' as const, confidence: 0.9 };
      await store.execute(FORCING, 'handoffs.transfer', {
        conversationId,
        from: owner,
        to,
        ...why,
        at: next(),
      });
      owner = to;
    }
    if (number === 6 && index % 4 === 0) {
      const objection = { type: 'price' as const, text: 'Hm', severity: 'low' as const };
      await store.execute(FORCING, 'objections.raise', { conversationId, ...objection, at: next() });
    }
  }
  if (index % 5 > 0)
    ({ conversation } = await store.execute(FORCING, 'conversations.close', { conversationId, at: next() }));
  else {
    const at = next();
    ({ conversation } = await store.execute(
      FORCING,
      'followUps.schedule',
      ScheduleFollowUp.parse({
        conversationId,
        type: 'nurture',
        dueAt: next(),
        finalAttemptAt: timestamp(Date.now() + HISTORY_MS),
        at,
      }),
    ));
  }
  return conversation;
}

/** What a copy has of its own. */
type Differences = {
  ids: Map<string, ObjectId>;
  laterMs: number;
  /** What stands for the names of its contact and its tenant. */
  names: ReadonlyMap<string, string>;
};

const ID = /^[0-9a-f]{24}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function copyOfId(key: string, { ids }: Differences): ObjectId {
  const id = ids.get(key) ?? new ObjectId();
  ids.set(key, id);
  return id;
}

function copyOfString(value: string, differences: Differences): string {
  if (ID.test(value)) return copyOfId(value, differences).toHexString();
  if (INSTANT.test(value)) return timestamp(Date.parse(value) + differences.laterMs);
  return differences.names.get(value) ?? value;
}

function copyOf(value: unknown, differences: Differences): unknown {
  if (typeof value === 'string') return copyOfString(value, differences);
  if (value instanceof Date) return new Date(value.getTime() + differences.laterMs);
  if (value instanceof ObjectId) return copyOfId(value.toHexString(), differences);
  if (Array.isArray(value)) return value.map((item) => copyOf(item, differences));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Document = {};
  for (const [key, field] of Object.entries(value)) {
    copy[key] =
      key === 'state' ? JSON.stringify(copyOf(JSON.parse(field), differences)) : copyOf(field, differences);
  }
  return copy;
}

/** A conversation as it is stored, with ids of its own, so much later. */
export function copyModel(
  { contactId, documents }: Model,
  copied: { tenantId: TenantId; contactId: string; laterMs: number },
): Model {
  const names = new Map([
    [TENANT, copied.tenantId],
    [contactId, copied.contactId],
    [`contact:${contactId}`, `contact:${copied.contactId}`],
  ]);
  const differences = { ids: new Map<string, ObjectId>(), laterMs: copied.laterMs, names };
  return {
    contactId: copied.contactId,
    documents: documents.map(({ collection, document }) => ({
      collection,
      // A copy of a document that is one.
      document: copyOf(document, differences) as Document,
    })),
  };
}

/** An instant of the history for a copy to begin. */
export const randomLaterMs = (): number => Math.floor(30 * DAY_MS + Math.random() * HISTORY_MS);

const BATCH = 5_000;

/** Documents that are inserted some thousands at a time. */
export class Inserter {
  readonly #collections: Collections;
  readonly #pending = new Map<CopiedCollection, Document[]>(COPIED.map((name) => [name, []]));

  constructor(collections: Collections) {
    this.#collections = collections;
  }

  async add({ documents }: Model): Promise<void> {
    for (const { collection, document } of documents) this.#pending.get(collection)?.push(document);
    await this.flush(BATCH);
  }

  /** @param least collections with no more documents than this wait */
  async flush(least = 0): Promise<void> {
    for (const [name, documents] of this.#pending) {
      if (documents.length <= least) continue;
      await this.#collections[name].collection.insertMany(documents, { ordered: false });
      this.#pending.set(name, []);
    }
  }
}

/**
 * Fills a store with so many messages of one tenant: copies of conversations that went through the store, at instants
 * spread over a year. They are inserted as documents, which is faster than by commands.
 */
export async function fillWithHistory(store: Store, messages: number): Promise<void> {
  const models = await makeModels(store);
  const inserter = new Inserter(store.collections);
  for (let index = 0; index < messages / MESSAGES; index += 1) {
    const copied = { tenantId: TENANT, contactId: `contact-${index}`, laterMs: randomLaterMs() };
    await inserter.add(copyModel(cyclicElement(models, index), copied));
  }
  await inserter.flush();
}
