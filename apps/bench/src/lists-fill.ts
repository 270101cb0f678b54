import type { Store } from '@baton/repository';
import { Channel, SalesStage } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { CALLER, TENANT } from './bench-tenant.ts';
import { cyclicElement } from './cyclic-element.ts';

const YEAR_MS = 365 * 86_400_000;
const WRITTEN_TOGETHER = 2_000;
const WRITERS = 3;
/** Each agent and each tag has this share of the conversations. */
export const AGENTS = Array.from({ length: 10 }, (_, index) => `agent_${index}`);
export const TAGS = Array.from({ length: 10 }, (_, index) => `tag-${index}`);
const STATUSES = ['active', 'completed', 'paused', 'abandoned', 'scheduled'];

/**
 * Fills a tenant with conversations of the last year that each filter halves, or leaves a tenth of. Those with `tag-0` are
 * never on `sms`, so that both together leave none.
 */
export async function fillWithConversations(store: Store, count: number): Promise<void> {
  const { conversations } = store.collections;
  const input = { contactId: 'template', channel: 'web' as const, tags: [], metadata: {} };
  const { conversation } = await store.execute(CALLER, 'conversations.create', input);
  const template = await conversations.collection.findOne({
    tenantId: CALLER.tenantId,
    _id: new ObjectId(conversation.id),
  });
  if (template === null) throw new Error('The template is gone');
  const began = Date.now() - YEAR_MS;
  let next = 0;
  const write = async () => {
    while (next < count) {
      const from = next;
      next = Math.min(count, from + WRITTEN_TOGETHER);
      const documents = Array.from({ length: next - from }, (_, index) =>
        conversationOf(template, from + index, began + ((from + index) / count) * (YEAR_MS - 3_600_000)),
      );
      await conversations.collection.insertMany(documents, {
        bypassDocumentValidation: true,
        ordered: false,
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

/** A number that only hangs on another, as if by chance. */
function scatter(index: number, salt: number): number {
  const mixed = Math.imul(index ^ (salt * 0x9e3779b1), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % 10_007;
}

function conversationOf(template: Document, index: number, at: number): Document {
  const tag = cyclicElement(TAGS, scatter(index, 1));
  const channels = tag === 'tag-0' ? Channel.options.filter((one) => one !== 'sms') : Channel.options;
  const channel = cyclicElement(channels, scatter(index, 2));
  const stage = cyclicElement(SalesStage.options, scatter(index, 3));
  const agentId = cyclicElement(AGENTS, scatter(index, 4));
  const contactId = `contact-${index}`;
  const hasFollowUp = scatter(index, 5) % 4 === 0;
  const updatedAt = new Date(at);
  return {
    ...template,
    _id: new ObjectId(),
    tenantId: TENANT,
    contactId,
    channel,
    stage,
    tags: [tag],
    status: cyclicElement(STATUSES, scatter(index, 6)),
    owner: { ...template['owner'], agentId },
    updatedAt,
    nextFollowUpAt: hasFollowUp ? updatedAt : null,
    metrics: { ...template['metrics'], waitingSince: scatter(index, 7) % 4 === 0 ? updatedAt : null },
    listedUnder: [
      `channel:${channel}`,
      `stage:${stage}`,
      `owner:${agentId}`,
      `contact:${contactId}`,
      ...(hasFollowUp ? ['follow_ups'] : []),
      `tag:${tag}`,
    ],
  };
}
