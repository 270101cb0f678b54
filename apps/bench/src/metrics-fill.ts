import type { Caller, Collections, Store } from '@baton/repository';
import { AgentId, type Conversation, SalesStage, TenantId, timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { cyclicElement } from './cyclic-element.ts';
import { messageText } from './message-text.ts';

export const TENANT = TenantId.parse('bench');
const CALLER: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** History goes back so long; the sales of it take up to a month. */
export const HISTORY_MS = 365 * DAY_MS;

const AGENTS = Array.from({ length: 20 }, (_, index) => AgentId.parse(`agent_${index}`));
const CHANNELS = ['web', 'email', 'whatsapp', 'sms'] as const;
const PATH = SalesStage.options.filter((stage) => stage !== 'lead' && stage !== 'follow_up');
const MODELS = 60;
const MESSAGES = 10;
const COPIED = [
  'conversations',
  'timeline',
  'handoffs',
  'objections',
  'follow_ups',
  'qualification_answers',
] as const satisfies readonly (keyof Collections)[];

type Model = { collection: (typeof COPIED)[number]; document: Document }[];

/** Conversations that went through the store, as models: each with ten messages, over minutes or weeks. */
async function makeModels(store: Store): Promise<Model[]> {
  for (const id of AGENTS) await store.agents.register(TENANT, agent(id));
  const models: Model[] = [];
  for (let index = 0; index < MODELS; index += 1) {
    const { id } = await converse(store, index);
    const conversationId = new ObjectId(id);
    const model: Model = [];
    for (const name of COPIED) {
      const filter = {
        tenantId: TENANT,
        [name === 'conversations' ? '_id' : 'conversationId']: conversationId,
      };
      const documents = await store.collections[name].collection.find(filter).toArray();
      model.push(...documents.map((document) => ({ collection: name, document })));
    }
    models.push(model);
  }
  return models;
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
  let { conversation } = await store.execute(CALLER, 'conversations.create', {
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
    ({ conversation } = await store.execute(CALLER, 'messages.append', {
      ...said,
      visibility: 'public',
      ...(number % 2 === 0
        ? { author: { kind: 'customer' } }
        : { author: { kind: 'agent', agentId: owner }, usage }),
    }));
    if (number % 2 === 1 && number / 2 < 1 + (index % 5)) {
      const to = cyclicElement(PATH, (number - 1) / 2);
      await store.execute(CALLER, 'stages.transition', {
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
      await store.execute(CALLER, 'handoffs.transfer', {
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
      await store.execute(CALLER, 'objections.raise', { conversationId, ...objection, at: next() });
    }
  }
  if (index % 5 > 0)
    ({ conversation } = await store.execute(CALLER, 'conversations.close', { conversationId, at: next() }));
  return conversation;
}

/** A copy with ids of its own, so much later. */
function copyOf(value: unknown, ids: Map<string, ObjectId>, laterMs: number): unknown {
  if (value instanceof Date) return new Date(value.getTime() + laterMs);
  if (value instanceof ObjectId) {
    const key = value.toHexString();
    const id = ids.get(key) ?? new ObjectId();
    ids.set(key, id);
    return id;
  }
  if (Array.isArray(value)) return value.map((item) => copyOf(item, ids, laterMs));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Document = {};
  for (const [key, field] of Object.entries(value)) copy[key] = copyOf(field, ids, laterMs);
  return copy;
}

const BATCH = 5_000;

/**
 * Fills a store with so many messages of one tenant: copies of conversations that went through the store, at instants
 * spread over a year. They are inserted as documents, which is faster than by commands.
 */
export async function fillWithHistory(store: Store, messages: number): Promise<void> {
  const models = await makeModels(store);
  const pending = new Map<(typeof COPIED)[number], Document[]>(COPIED.map((name) => [name, []]));
  const insert = async (least: number) => {
    for (const [name, documents] of pending) {
      if (documents.length <= least) continue;
      await store.collections[name].collection.insertMany(documents, { ordered: false });
      pending.set(name, []);
    }
  };
  for (let index = 0; index < messages / MESSAGES; index += 1) {
    const ids = new Map<string, ObjectId>();
    const laterMs = Math.floor(30 * DAY_MS + Math.random() * HISTORY_MS);
    for (const { collection, document } of cyclicElement(models, index)) {
      // A copy of a document that is one.
      const copy = copyOf(document, ids, laterMs) as Document;
      const contactId = `contact-${index}`;
      if ('contactId' in copy) copy['contactId'] = contactId;
      if ('listedUnder' in copy)
        copy['listedUnder'] = copy['listedUnder'].map((list: string) =>
          list.startsWith('contact:') ? `contact:${contactId}` : list,
        );
      pending.get(collection)?.push(copy);
    }
    await insert(BATCH);
  }
  await insert(0);
}
