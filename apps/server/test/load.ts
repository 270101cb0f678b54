import { setTimeout as sleep } from 'node:timers/promises';
import { type Baton, createFollowUpWorker } from '@baton/client';
import { rebuild, type Store } from '@baton/repository';
import type { ConversationId, TenantId } from '@baton/schema';
import { expect } from 'vitest';
import { eventually } from './test-server.ts';

const CONVERSATIONS = 10;
const MESSAGES = 500;

/** Messages on their way to several conversations at once, and follow-ups in the hands of a worker. */
export interface Load {
  readonly conversations: readonly ConversationId[];
  /** The messages whose answer has come. */
  readonly acknowledged: ReadonlySet<string>;
  /** Resolves in the middle: some messages are answered, most are not, and a worker holds follow-ups. */
  inTheMiddle(): Promise<void>;
  /** Lets the worker go on, and resolves when every message is answered and every follow-up is done. */
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

  const begun = Promise.withResolvers<void>();
  const hurried = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const worker = createFollowUpWorker(baton, {
    concurrency: CONVERSATIONS / 2,
    leaseMs: 1_000,
    pollMs: 50,
    async handle(_, { signal }) {
      begun.resolve();
      const lost = new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      await Promise.race([released.promise, lost]);
    },
  });

  const acknowledged = new Set<string>();
  const appends = Array.from({ length: MESSAGES }, async (_, index) => {
    // The rest waits until somebody wants to be in the middle: a fast machine would be through before.
    if (index >= MESSAGES / 10) await hurried.promise;
    await sleep(index / 4);
    const conversationId = conversations[index % CONVERSATIONS] ?? '';
    const clientMessageId = `message-${index}`;
    const message = { clientMessageId, author: { kind: 'customer' as const }, text: 'Still there?' };
    await api.messages.append.mutate({ conversationId, ...message });
    acknowledged.add(clientMessageId);
  });
  const settled = Promise.allSettled(appends);

  return {
    conversations,
    acknowledged,
    async inTheMiddle() {
      await begun.promise;
      await eventually(() => acknowledged.size === MESSAGES / 10, 20_000);
      hurried.resolve();
      await eventually(() => acknowledged.size > MESSAGES / 10, 20_000);
      expect(acknowledged.size).toBeLessThan(MESSAGES);
    },
    async finish() {
      released.resolve();
      expect((await settled).filter(({ status }) => status === 'rejected')).toEqual([]);
      const open = () => api.followUps.list.query({ status: 'open', limit: 1 });
      await eventually(async () => (await open()).items.length === 0, 20_000);
      await worker.stop();
    },
  };
}

/** Nothing that was acknowledged is lost, nothing is there twice, no `seq` is missing and no lease is stuck. */
export async function expectIntact(store: Store, tenantId: TenantId, load: Load): Promise<void> {
  const { timeline, follow_ups: followUps } = store.collections;
  const entries = await timeline.collection.find({ tenantId }).sort({ conversationId: 1, seq: 1 }).toArray();
  const said = entries
    .filter(({ kind }) => kind === 'message')
    .map((entry) => String(entry['clientMessageId']));
  expect(said.toSorted()).toEqual([...load.acknowledged].toSorted());
  expect(load.acknowledged.size).toBe(MESSAGES);

  for (const id of load.conversations) {
    const own = entries.filter(({ conversationId }) => String(conversationId) === id);
    expect(own.map(({ seq }) => Number(seq))).toEqual(own.map((_, index) => index + 1));
    const actions = own.filter(({ kind }) => kind === 'follow_up').map(({ action }) => action);
    expect(actions).toEqual(['scheduled', 'completed']);
  }
  expect(await followUps.collection.countDocuments({ tenantId, status: 'completed', lease: null })).toBe(
    CONVERSATIONS,
  );
  expect((await rebuild(store.collections)).differences).toEqual([]);
}
