import { CreateConversation } from '@baton/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { steps } from '../../test/model-steps.ts';
import {
  caller,
  type Model,
  newContactId,
  type Real,
  store,
  TENANT,
  useModelStore,
} from '../../test/model.ts';
import { rebuild } from '../maintenance/rebuild.ts';

useModelStore();

/** What became of each handoff that was asked for and of each follow-up, as the lists have it. */
async function fatesOf({ conversation: { id: conversationId }, handoffIds, followUpIds }: Real) {
  const [handoffs, followUps] = await Promise.all([
    store.handoffs.list(TENANT, { conversationId, limit: 100 }),
    store.followUps.list(TENANT, { conversationId, limit: 100 }),
  ]);
  const statusIn = (items: readonly { id: string; status: string }[]) => (id: string) =>
    items.find((item) => item.id === id)?.status;
  return {
    requests: handoffIds.map(statusIn(handoffs.items)),
    followUps: followUpIds.map(statusIn(followUps.items)),
  };
}

test('ownership, handoffs, stages and follow-ups do what the contract says, whatever comes in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (commands) => {
      const input = CreateConversation.parse({ contactId: newContactId(), channel: 'sms' });
      const { conversation } = await store.execute(caller, 'conversations.create', input);
      const owner = conversation.owner.agentId;
      const model: Model = {
        owner,
        epoch: 1,
        previous: null,
        chain: [owner],
        closed: false,
        pending: null,
        requests: [],
        stage: 'lead',
        hasDeal: false,
        followUps: [],
      };
      const real: Real = { conversation, handoffIds: [], followUpIds: [], said: 0 };
      await fc.asyncModelRun(() => ({ model, real }), commands);
      const { requests, followUps } = model;
      expect(await fatesOf(real)).toEqual({ requests, followUps: followUps.map(({ status }) => status) });
    }),
    { numRuns: 60 },
  );
  expect((await rebuild(store.collections)).differences).toEqual([]);
}, 90_000);
