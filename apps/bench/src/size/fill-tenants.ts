import type { Store } from '@baton/repository';
import { TENANT } from '../bench-tenant.ts';
import { ConversationId, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { cyclicElement } from '../cyclic-element.ts';
import { copyModel, Inserter, makeModels, MESSAGES, type Model, randomLaterMs } from '../metrics-fill.ts';

/** Only so many messages of each tenant have it. */
export const RARE_WORD = 'kingfisher';
const RARE_MESSAGES = 20;
/** The message that has it: neither the first nor the last, whose words stand in other documents too. */
const RARE_SEQ = 3;

export type Known = { tenantId: TenantId; conversationId: ConversationId };

/** Conversations to call about, taken evenly from all that there are. */
export type Sample = { all: Known[]; open: Known[]; tenants: TenantId[] };

const MOST_SAMPLED = 5_000;
/** A prime, so that the sample has all models alike, however many conversations there are. */
const STRIDE = 7_919;

function sayRareWord({ documents }: Model): void {
  for (const { document } of documents) {
    if (document['kind'] !== 'message' || document['seq'] < RARE_SEQ) continue;
    document['text'] = `${RARE_WORD} ${document['text']}`;
    return;
  }
}

/** What stores are filled with: conversations that went through one, and the agents who work on them. */
export type Origin = { models: Model[]; agents: Document[] };

export async function makeOrigin(store: Store): Promise<Origin> {
  const models = await makeModels(store);
  const agents = await store.collections.agents
    .acrossTenants('test')
    .find({ '_id.tenantId': TENANT })
    .toArray();
  return { models, agents };
}

async function copyAgents(
  { collections }: Store,
  agents: Document[],
  tenants: readonly TenantId[],
): Promise<void> {
  const writes = tenants.flatMap((tenantId) =>
    agents.map(({ _id, ...replacement }) => ({
      replaceOne: { filter: { _id: { ..._id, tenantId } }, replacement, upsert: true },
    })),
  );
  await collections.agents.collection.bulkWrite(writes, { ordered: false });
}

/**
 * Fills a store with so many messages, spread evenly over so many tenants, as documents in the shape in which the store
 * writes them. Nothing counts them yet.
 */
export async function fillTenants(
  store: Store,
  { models, agents }: Origin,
  messages: number,
  tenantCount: number,
): Promise<Sample> {
  const tenants = Array.from({ length: tenantCount }, (_, index) => TenantId.parse(`tenant-${index + 1}`));
  await copyAgents(store, agents, tenants);
  const sample: Sample = { all: [], open: [], tenants };
  const inserter = new Inserter(store.collections);
  const conversations = Math.ceil(messages / MESSAGES);
  for (let index = 0; index < conversations; index += 1) {
    const tenantId = cyclicElement(tenants, index);
    const numberInTenant = Math.floor(index / tenantCount);
    // Neighbours of a tenant are of different models, and so are the first conversations of tenants.
    const model = cyclicElement(models, (index % tenantCount) + numberInTenant);
    const copied = { tenantId, contactId: `contact-${index}`, laterMs: randomLaterMs() };
    const copy = copyModel(model, copied);
    if (numberInTenant < RARE_MESSAGES) sayRareWord(copy);
    if ((index * STRIDE) % conversations < MOST_SAMPLED) takeSample(sample, tenantId, copy);
    await inserter.add(copy);
  }
  await inserter.flush();
  return sample;
}

function takeSample(sample: Sample, tenantId: TenantId, { documents }: Model): void {
  for (const { collection, document } of documents) {
    if (collection !== 'conversations') continue;
    const known = { tenantId, conversationId: ConversationId.parse(String(document['_id'])) };
    sample.all.push(known);
    if (document['status'] === 'active') sample.open.push(known);
  }
}
