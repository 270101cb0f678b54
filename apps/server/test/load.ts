import { type Baton, createFollowUpWorker } from '@baton/client';
import { rebuild, type Store } from '@baton/repository';
import type { ConversationId, TenantId } from '@baton/schema';
import { expect } from 'vitest';
import { eventually } from './test-server.ts';

const CONVERSATIONS = 10;
const SENDERS = 50;
const MESSAGES_EACH = 10;
const MESSAGES = SENDERS * MESSAGES_EACH;

/** Messages being sent to several conversations at once, and follow-ups being worked on. */
export interface Load {
  readonly conversations: readonly ConversationId[];
  /** The `clientMessageId` of each message that was answered. */
  readonly acknowledged: ReadonlySet<string>;
  /** Resolves while some messages are answered, most are not, and a worker holds follow-ups. */
  inTheMiddle(): Promise<void>;
  /** Lets the worker finish; resolves when every message is answered and every follow-up is completed. */
  finish(): Promise<void>;
}

export async function startLoad(baton: Baton): Promise<Load> {
  const { api } = baton;
  const made = Array.from({ length: CONVERSATIONS }, async (_, index) => {
    const { id } = await api.conversations.create.mutate({ contactId: `contact-${index}`, channel: 'web' });
    const dueAt = new Date(Date.now() - 1_000).toISOString();
    await api.followUps.schedule.mutate({ conversationId: id, type: 'nurture', dueAt });
    return id;
  });
  const conversations = await Promise.all(made);

  const handling = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const finishing = Promise.withResolvers<void>();
  const worker = createFollowUpWorker(baton, {
    concurrency: CONVERSATIONS / 2,
    leaseMs: 1_000,
    pollMs: 50,
    async handle(_, { signal }) {
      handling.resolve();
      const lost = new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      await Promise.race([finishing.promise, lost]);
    },
  });

  const acknowledged = new Set<string>();
  const senders = Array.from({ length: SENDERS }, async (_, sender) => {
    const conversationId = conversations[sender % CONVERSATIONS] ?? '';
    for (let number = 0; number < MESSAGES_EACH; number += 1) {
      // A fast machine would be through before the test interferes.
      if (number === 1) await released.promise;
      const clientMessageId = `message-${sender}-${number}`;
      const message = { clientMessageId, author: { kind: 'customer' as const }, text: 'Still there?' };
      await api.messages.append.mutate({ conversationId, ...message });
      acknowledged.add(clientMessageId);
    }
  });
  const settled = Promise.allSettled(senders);

  return {
    conversations,
    acknowledged,
    async inTheMiddle() {
      await handling.promise;
      await eventually(() => acknowledged.size === SENDERS, 20_000);
      released.resolve();
      await eventually(() => acknowledged.size > SENDERS, 20_000);
      expect(acknowledged.size).toBeLessThan(MESSAGES);
    },
    async finish() {
      finishing.resolve();
      expect((await settled).filter(({ status }) => status === 'rejected')).toEqual([]);
      const open = () => api.followUps.list.query({ status: 'open', limit: 1 });
      await eventually(async () => (await open()).items.length === 0, 20_000);
      await worker.stop();
    },
  };
}

/** No acknowledged message is lost, none is there twice, no `seq` is missing and no lease is left. */
export async function expectIntact(store: Store, tenantId: TenantId, load: Load): Promise<void> {
  const { timeline, follow_ups: kept } = store.collections;
  const entries = await timeline.collection.find({ tenantId }).sort({ conversationId: 1, seq: 1 }).toArray();
  const said = entries
    .filter(({ kind }) => kind === 'message')
    .map((entry) => String(entry['clientMessageId']));
  expect(said.toSorted()).toEqual([...load.acknowledged].toSorted());
  expect(load.acknowledged.size).toBe(MESSAGES);

  for (const id of load.conversations) {
    const own = entries.filter(({ conversationId }) => String(conversationId) === id);
    expect(own.map(({ seq }) => Number(seq))).toEqual(own.map((_, index) => index + 1));
    const followUps = own.filter(({ kind }) => kind === 'follow_up');
    expect(followUps.map(({ action }) => action).filter((action) => action !== 'failed')).toEqual([
      'scheduled',
      'completed',
    ]);
    // What was interrupted is counted, and nothing else has failed.
    const failures = followUps.filter(({ action }) => action === 'failed');
    for (const { followUp } of failures) expect(followUp.lastError).toMatch(/^The lease was lost/);
    expect(followUps.at(-1)?.['followUp'].attempts).toBe(failures.length + 1);
  }
  expect(await kept.collection.countDocuments({ tenantId, status: 'completed', lease: null })).toBe(
    CONVERSATIONS,
  );
  expect((await rebuild(store.collections)).differences).toEqual([]);
}
